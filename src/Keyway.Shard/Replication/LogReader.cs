using System.Diagnostics;

namespace Keyway.Shard.Replication;

/// <summary>Where somebody stands in a <see cref="ReplicationLog"/>.</summary>
internal sealed class LogReader
{
    private readonly ReplicationLog _log;
    private ReplicationLog.Segment? _segment;

    internal LogReader(ReplicationLog log, ReplicationLog.Segment? segment, long nextByte)
    {
        _log = log;
        _segment = segment;
        NextByte = nextByte;
    }

    /// <summary>The next byte that it is to get.</summary>
    public long NextByte { get; private set; }

    /// <summary>Bytes that it has not got yet.</summary>
    public long Lag => _log.End + 1 - NextByte;

    internal LinkedListNode<LogReader>? Node { get; set; }

    /// <summary>What comes next, as far as it lies in one piece; empty when it has all. Good until the log changes.</summary>
    public ReadOnlySpan<byte> Next
    {
        get
        {
            if (Lag == 0) return default;
            _segment ??= _log.SegmentAt(NextByte);
            if (NextByte > _segment!.End) _segment = _segment.Next;
            return ReplicationLog.BytesAt(_segment!, NextByte);
        }
    }

    /// <summary>So many bytes of <see cref="Next"/> have gone out.</summary>
    public void Advance(int bytes)
    {
        Debug.Assert(bytes <= Lag);
        NextByte += bytes;
        if (_segment == null || NextByte <= _segment.End) return;

        // Into the next segment, if there is one, so that this one can go.
        if (_segment.Next != null) _segment = _segment.Next;
        _log.Trim();
    }
}
