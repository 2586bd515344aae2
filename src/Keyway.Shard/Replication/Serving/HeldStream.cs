namespace Keyway.Shard.Replication.Serving;

/// <summary>
/// How much of a history may be told: what no power failure can take back any more. Where the history was at the end of a turn is noted beside how far the
/// journal was then; when the journal is safe up to there, so is the history.
/// </summary>
internal sealed class HeldStream
{
    // The two that there can be: what waits for the sync under way, and what waits for the one after it.
    private Mark _first;
    private Mark _second;

    /// <summary>Nothing waits.</summary>
    public bool IsEmpty => _first.Journal == 0;

    /// <summary>The last byte that may be told.</summary>
    public long Released { get; private set; }

    /// <summary>Everything up to this byte waits until the journal is safe up to there.</summary>
    public void Hold(long end, long journal)
    {
        if (end <= (IsEmpty ? Released : _second.Journal == 0 ? _first.End : _second.End)) return;

        // Never the first of two: its sync is under way, and what comes later must not hold up what is released then.
        var mark = new Mark(end, journal);
        if (IsEmpty || (_second.Journal == 0 && journal == _first.Journal)) _first = mark;
        else _second = mark;
    }

    /// <summary>The journal is safe up to there. Whether more may be told now.</summary>
    public bool Release(long journal)
    {
        long before = Released;
        while (!IsEmpty && _first.Journal <= journal)
        {
            Released = _first.End;
            _first = _second;
            _second = default;
        }

        return Released != before;
    }

    /// <summary>Nothing need wait: all up to this byte may be told.</summary>
    public void ReleaseAll(long end)
    {
        Released = end;
        _first = _second = default;
    }

    private readonly record struct Mark(long End, long Journal);
}
