using Keyway.Protocol;

namespace Keyway.Shard.Persistence;

/// <summary>
/// Which of a client's replies may leave: those that tell of nothing that a power failure could take back. Counted in bytes of all that the client has
/// been answered since this was made.
/// </summary>
internal sealed class HeldReplies
{
    private const int MostRewritten = 64 * 1024 * 1024;

    // The two groups that there can be: what waits for the sync under way, and what waits for the one after it.
    private Mark _first;
    private Mark _second;
    private readonly List<Write> _writes = [];
    private long _left;
    private long _released;

    /// <summary>Nothing waits.</summary>
    public bool IsEmpty => _first.Offset == 0;

    /// <summary>Nothing waits, and nothing tells of a write that may have to.</summary>
    public bool IsIdle => IsEmpty && _writes.Count == 0;

    /// <summary>It stands in the gate's list.</summary>
    public bool IsListed { get; set; }

    /// <summary>How many of the bytes that are still here may leave.</summary>
    public long Allowed => Math.Max(0, _released - _left);

    /// <summary>So many bytes have left.</summary>
    public void Sent(int bytes) => _left += bytes;

    /// <summary>All replies so far wait until the journal is safe up to there.</summary>
    public void Hold(ReplyBuffer reply, long offset)
    {
        var mark = new Mark(_left + reply.Length, offset);
        Mark last = _second.Offset == 0 ? _first : _second;
        if (mark.Position <= (IsEmpty ? _released : last.Position)) return;

        // Never the first of two: its sync is under way, and what comes later must not hold up what is released then.
        if (IsEmpty || (_second.Offset == 0 && offset == _first.Offset)) _first = mark;
        else _second = mark;
    }

    /// <summary>From there to the end stands the reply to a write whose effect ends at this offset of the journal.</summary>
    public void NoteWrite(ReplyBuffer reply, long from, long offset) => _writes.Add(new Write(_left + from, _left + reply.Length, offset));

    /// <summary>The journal is safe up to there.</summary>
    public void Release(long offset)
    {
        while (!IsEmpty && _first.Offset <= offset)
        {
            _released = _first.Position;
            _first = _second;
            _second = default;
        }

        int safe = 0;
        while (safe < _writes.Count && _writes[safe].Offset <= offset) safe++;
        _writes.RemoveRange(0, safe);
    }

    /// <summary>
    /// The journal will not be safe soon: replies to writes that are not are replaced by the error, since nobody may count on them; all others may leave.
    /// </summary>
    /// <returns>False when there is too much to do so.</returns>
    public bool TryFail(ReplyBuffer reply, ReadOnlySpan<byte> error)
    {
        if (_writes.Count > 0)
        {
            if (reply.Length > MostRewritten) return false;
            Rewrite(reply, error);
        }

        _writes.Clear();
        _first = _second = default;
        return true;
    }

    public void Clear()
    {
        _writes.Clear();
        _first = _second = default;
    }

    private void Rewrite(ReplyBuffer reply, ReadOnlySpan<byte> error)
    {
        byte[] before = new byte[reply.Length];
        reply.CopyTo(before);
        reply.Clear();
        int at = 0;
        foreach (Write write in _writes)
        {
            int start = (int)(write.Start - _left);
            reply.Append(before.AsSpan(at, start - at));
            reply.WriteError(error);
            at = (int)(write.End - _left);
        }

        reply.Append(before.AsSpan(at));
    }

    private readonly record struct Mark(long Position, long Offset);

    private readonly record struct Write(long Start, long End, long Offset);
}
