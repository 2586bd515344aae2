using Keyway.Shard.Configuration;

namespace Keyway.Shard.Rdb;

/// <summary>
/// How much of a file is loaded in one turn, and how much of that between two looks at the clock: a kilobyte of a large sorted set takes as long as many of
/// short strings, and whoever waits is told to come again within moments.
/// </summary>
internal sealed class LoadPace(TimeProvider time, Settings settings)
{
    private const int LargestPiece = 32 * 1024;
    private const int SmallestPiece = 1024;
    private const int PiecesPerSlice = 32;               // by whatever clock, so that a simulated one, which stands still, ends a slice too
    private const int SliceMicroseconds = 2_000;
    private const int LongestPieceMicroseconds = 250;
    private const int ShortestPieceMicroseconds = 60;

    private const int DelayedPiece = 64;                 // a few keys, where each is to take its time

    private KeyDelay _delay;
    private long _until;
    private long _pieceBegan;
    private int _pieces;

    /// <summary>How many bytes to load next.</summary>
    public int PieceBytes
    {
        get => settings.KeyLoadDelay == 0 ? field : DelayedPiece;
        private set;
    } = LargestPiece;

    /// <summary>For how many milliseconds what comes next is to be put off (key-load-delay).</summary>
    public long DelayMs { get; private set; }

    public void BeginSlice()
    {
        DelayMs = 0;
        _pieceBegan = time.GetTimestamp();
        _until = _pieceBegan + Ticks(SliceMicroseconds);
        _pieces = 0;
    }

    /// <summary>A piece has been loaded. False when the turn has lasted long enough.</summary>
    /// <param name="keys">Loaded so far, all in all.</param>
    public bool EndPiece(long keys)
    {
        if (settings.KeyLoadDelay != 0)
        {
            DelayMs = _delay.MsAfter(keys, settings.KeyLoadDelay);
            return DelayMs == 0 && ++_pieces < PiecesPerSlice;
        }

        long now = time.GetTimestamp();
        long taken = now - _pieceBegan;
        _pieceBegan = now;
        if (taken > Ticks(LongestPieceMicroseconds)) PieceBytes = Math.Max(SmallestPiece, PieceBytes / 2);
        else if (taken < Ticks(ShortestPieceMicroseconds)) PieceBytes = Math.Min(LargestPiece, PieceBytes * 2);
        return ++_pieces < PiecesPerSlice && now < _until;
    }

    private long Ticks(int microseconds) => time.TimestampFrequency * microseconds / 1_000_000;
}
