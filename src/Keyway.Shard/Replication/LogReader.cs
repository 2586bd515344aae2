using System.Diagnostics;

namespace Keyway.Shard.Replication;

/// <summary>Where somebody stands in a <see cref="ReplicationLog"/>.</summary>
internal sealed class LogReader
{
    private readonly ReplicationLog _log;
    private ReplicationLog.Segment? _segment;            // null once it has been closed

    internal LogReader(ReplicationLog log, ReplicationLog.Segment segment, long nextByte)
    {
        _log = log;
        _segment = segment;
        NextByte = nextByte;
    }

    /// <summary>The next byte that it is to get.</summary>
    public long NextByte { get; private set; }

    /// <summary>Bytes that it has not got yet.</summary>
    public long Lag => _log.End + 1 - NextByte;

    /// <summary>What comes next, as far as it lies in one piece; empty when it has all. Good until the log changes.</summary>
    public ReadOnlySpan<byte> Next
    {
        get
        {
            MoveOn();
            return _segment!.From(NextByte);
        }
    }

    /// <summary>So many bytes of <see cref="Next"/> have gone out.</summary>
    public void Advance(int bytes)
    {
        Debug.Assert(bytes <= Lag);
        NextByte += bytes;
        MoveOn();
    }

    /// <summary>It needs nothing more.</summary>
    public void Close()
    {
        if (_segment == null) return;
        _log.Forget(_segment);
        _segment = null;
    }

    // Into the next segment as soon as there is one, so that this one can go.
    private void MoveOn()
    {
        while (NextByte > _segment!.End && _segment.Next is { } next)
        {
            _segment.Readers--;
            next.Readers++;
            _segment = next;
            _log.Trim();
        }
    }
}
