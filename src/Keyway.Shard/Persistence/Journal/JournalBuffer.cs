using System.Diagnostics;

namespace Keyway.Shard.Persistence.Journal;

/// <summary>
/// The bytes of a journal that are not safe on the disk yet, in pieces of one size, numbered from the journal's start. The loop appends at the end while
/// another thread writes what lies before: bytes do not move and do not change.
/// </summary>
internal sealed class JournalBuffer
{
    public const int PieceBytes = 64 * 1024;
    private const int KeptSpares = 16;

    private readonly List<byte[]> _pieces = [];
    private readonly Stack<byte[]> _spares = new();
    private long _firstPiece;                            // the offset at which the first of the pieces begins

    /// <summary>The first byte that is still needed.</summary>
    public long Start { get; private set; }

    /// <summary>The byte behind the last one.</summary>
    public long End { get; private set; }

    public long Length => End - Start;

    public long MemoryBytes => (long)(_pieces.Count + _spares.Count) * PieceBytes;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int used = (int)(End - _firstPiece) - ((_pieces.Count - 1) * PieceBytes);
            if (_pieces.Count == 0 || used == PieceBytes)
            {
                AddPiece();
                used = 0;
            }

            int count = Math.Min(bytes.Length, PieceBytes - used);
            bytes[..count].CopyTo(_pieces[^1].AsSpan(used));
            End += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>The bytes from here to there, as they lie.</summary>
    public void Collect(long from, long to, List<ArraySegment<byte>> pieces)
    {
        Debug.Assert(from >= Start && to <= End);
        while (from < to)
        {
            int index = (int)((from - _firstPiece) / PieceBytes);
            int at = (int)((from - _firstPiece) % PieceBytes);
            int count = (int)Math.Min(to - from, PieceBytes - at);
            pieces.Add(new ArraySegment<byte>(_pieces[index], at, count));
            from += count;
        }
    }

    /// <summary>What lies before this byte is needed no more.</summary>
    public void Release(long upTo)
    {
        if (upTo <= Start) return;
        Start = upTo;
        int gone = (int)((upTo - _firstPiece) / PieceBytes);
        for (int i = 0; i < gone && _spares.Count < KeptSpares; i++) _spares.Push(_pieces[i]);
        _pieces.RemoveRange(0, gone);
        _firstPiece += (long)gone * PieceBytes;
    }

    /// <summary>Nothing in here is needed.</summary>
    public void Clear()
    {
        Start = _firstPiece = End;
        _pieces.Clear();
        _spares.Clear();
    }

    private void AddPiece()
    {
        if (_pieces.Count == 0) _firstPiece = End;
        _pieces.Add(_spares.TryPop(out byte[]? spare) ? spare : GC.AllocateUninitializedArray<byte>(PieceBytes));
    }
}
