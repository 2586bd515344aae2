using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Rdb.Held;

/// <summary>
/// A long string, by the block that it lay in. Pieces that are about to be written over are copied; a block that is given up is kept. Where strings are
/// packed it is gone through twice: a packed string's length stands before it, and to keep what was packed until that is known would take as much memory
/// again as the string does.
/// </summary>
internal sealed unsafe class HeldString(EntryHead head, HeldShare share, HeldBlocks blocks, Entry entry) : HeldValue(head, share)
{
    private const int PieceBytes = 64 * 1024;

    private readonly int _length = entry.ValueLength;
    private readonly int _capacity = entry.Room.Length;
    private readonly Dictionary<int, nint> _copies = [];
    private bool _isKept;
    private bool _isMeasured;
    private bool _isPacked;
    private int _measured;
    private long _packedLength;
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

    protected override void WriteCount(RdbWriter writer)
    {
        if (!writer.Packs || Share.WritesPlainStrings) Begin(writer);
    }

    protected override bool WriteNext(RdbWriter writer)
    {
        if (!_isMeasured)
        {
            Measure(writer);
            return true;
        }

        if (_written == _length) return false;

        int piece = _written / PieceBytes;
        ReadOnlySpan<byte> bytes = Piece(piece);
        _written += bytes.Length;
        bool isCopied = _copies.Remove(piece, out nint copy);
        if (isCopied) bytes = new ReadOnlySpan<byte>((byte*)copy, bytes.Length);
        if (_isPacked) writer.WritePackedPart(bytes);
        else writer.WriteRaw(bytes);
        if (isCopied) Share.Values.Memory.Free((byte*)copy, PieceBytes);
        return true;
    }

    protected override void LetGo()
    {
        blocks.Remove(this);
        foreach (nint copy in _copies.Values) Share.Values.Memory.Free((byte*)copy, PieceBytes);
        _copies.Clear();
        if (_isKept) Share.Values.Memory.Free((byte*)Block, _capacity);
    }

    private void Measure(RdbWriter writer)
    {
        int piece = _measured / PieceBytes;
        ReadOnlySpan<byte> bytes = Piece(piece);
        if (_copies.TryGetValue(piece, out nint copy)) bytes = new ReadOnlySpan<byte>((byte*)copy, bytes.Length);
        _packedLength += writer.MeasurePacked(bytes);
        _measured += bytes.Length;
        Share.LookedThrough += bytes.Length;
        if (_measured < _length) return;

        _isPacked = _packedLength < _length;
        Begin(writer);
    }

    private void Begin(RdbWriter writer)
    {
        _isMeasured = true;
        if (_isPacked) writer.BeginPacked(_packedLength, _length);
        else if (!Share.WritesPlainStrings) writer.WriteLength((long)_length);
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
