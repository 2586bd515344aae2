namespace Keyway.Shard.Rdb;

/// <summary>Room for one string that is not written as it is. Used again and again; much of it is not kept.</summary>
internal sealed class RdbScratch
{
    private const int Kept = 256 * 1024;

    private byte[] _bytes = [];

    /// <summary>Room for so many bytes, their content unset; what was there before is gone.</summary>
    public Span<byte> Take(int length)
    {
        if (length > _bytes.Length) _bytes = new byte[Math.Max(length, 64)];
        return _bytes.AsSpan(0, length);
    }

    /// <summary>Whether the string lies here.</summary>
    public bool Holds(ReadOnlySpan<byte> text) => !text.IsEmpty && text.Overlaps(_bytes);

    public ReadOnlySpan<byte> Slice(int start, int length) => _bytes.AsSpan(start, length);

    /// <summary>Nothing in it is needed any more.</summary>
    public void Release()
    {
        if (_bytes.Length > Kept) _bytes = [];
    }
}
