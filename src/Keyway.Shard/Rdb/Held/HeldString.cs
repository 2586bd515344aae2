using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Rdb.Held;

/// <summary>A long string, by the block that it lay in. Pieces that are about to be written over are copied; a block that is given up is kept.</summary>
internal sealed unsafe class HeldString(EntryHead head, HeldShare share, HeldBlocks blocks, Entry entry) : HeldValue(head, share)
{
    private const int PieceBytes = 64 * 1024;

    private readonly int _length = entry.ValueLength;
    private readonly int _capacity = entry.Room.Length;
    private readonly Dictionary<int, nint> _copies = [];
    private bool _isKept;
    private int _written;

    public nint Block { get; } = AddressOf(entry);

    /// <summary>The block is this one's from now on.</summary>
    public void Keep() => _isKept = true;

    public void BeforeWrite(int offset, int length)
    {
        int first = Math.Max(offset, _written) / PieceBytes;
        long end = Math.Min((long)offset + length, _length);
        for (int piece = first; (long)piece * PieceBytes < end; piece++)
        {
            if (_copies.ContainsKey(piece)) continue;
            byte* copy = Share.Values.Memory.Allocate(PieceBytes);
            Piece(piece).CopyTo(new Span<byte>(copy, PieceBytes));
            _copies.Add(piece, (nint)copy);
        }
    }

    protected override void WriteCount(RdbWriter writer) => writer.WriteLength((long)_length);

    protected override bool WriteNext(RdbWriter writer)
    {
        if (_written == _length) return false;

        int piece = _written / PieceBytes;
        ReadOnlySpan<byte> bytes = Piece(piece);
        _written += bytes.Length;
        if (_copies.Remove(piece, out nint copy))
        {
            writer.WriteRaw(new ReadOnlySpan<byte>((byte*)copy, bytes.Length));
            Share.Values.Memory.Free((byte*)copy, PieceBytes);
            return true;
        }

        writer.WriteRaw(bytes);
        return true;
    }

    protected override void LetGo()
    {
        blocks.Remove(this);
        foreach (nint copy in _copies.Values) Share.Values.Memory.Free((byte*)copy, PieceBytes);
        _copies.Clear();
        if (_isKept) Share.Values.Memory.Free((byte*)Block, _capacity);
    }

    private static nint AddressOf(Entry entry)
    {
        fixed (byte* bytes = entry.Bytes) return (nint)bytes;
    }

    private ReadOnlySpan<byte> Piece(int piece)
    {
        int start = piece * PieceBytes;
        return new ReadOnlySpan<byte>((byte*)Block + start, Math.Min(PieceBytes, _length - start));
    }
}
