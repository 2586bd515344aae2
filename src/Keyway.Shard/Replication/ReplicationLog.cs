using System.Diagnostics;

namespace Keyway.Shard.Replication;

/// <summary>
/// The bytes of a history that are still here: one chain of segments for all replicas and for those that may come back (the backlog). Segments are shared,
/// never copied; one goes when it lies before the backlog and no reader stands in it or before it. One thread.
/// </summary>
internal sealed class ReplicationLog
{
    public const int LargestSegment = 64 * 1024;

    private const int SmallestSegment = 4 * 1024;
    private const int SegmentsOfBacklog = 16;            // so that little more than the backlog is kept
    private const int KeptSpares = 4;
    private const int KeptSparesOfFlow = 64;             // where nothing is kept, all of it comes and goes

    private readonly Stack<Segment> _spares = new();
    private Segment _first;
    private Segment _last;
    private long _backlogBytes;
    private int _segmentBytes;
    private int _keptSpares;

    /// <param name="end">The offset that the history has now: the next byte written is the one after it.</param>
    /// <param name="backlogBytes">How much is kept when nobody needs it.</param>
    public ReplicationLog(long end, long backlogBytes)
    {
        End = end;
        SetBacklog(backlogBytes);
        _first = _last = NewSegment();
    }

    /// <summary>The first byte that is still here, or would be the next.</summary>
    public long First => _first.Start;

    /// <summary>The last byte written.</summary>
    public long End { get; private set; }

    /// <summary>Bytes that are here.</summary>
    public long Length => End - First + 1;

    /// <summary>What its segments take.</summary>
    public long MemoryBytes { get; private set; }

    public int Readers { get; private set; }

    public long BacklogBytes
    {
        get => _backlogBytes;
        set
        {
            SetBacklog(value);
            Trim();
        }
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > _last.Free)
        {
            int count = _last.Free;
            End += _last.Fill(bytes[..count]);
            bytes = bytes[count..];
            AddSegment();
        }

        End += _last.Fill(bytes);
    }

    /// <summary>Whether somebody can be served from this byte on; the one after the last is good too.</summary>
    public bool Holds(long nextByte) => nextByte >= First && nextByte <= End + 1;

    /// <summary>Somebody who is to get all from this byte on; until it is removed nothing that it lacks goes.</summary>
    public LogReader AddReader(long nextByte)
    {
        Debug.Assert(Holds(nextByte));
        Segment segment = _first;
        while (segment.End < nextByte && segment.Next != null) segment = segment.Next;
        segment.Readers++;
        Readers++;
        return new LogReader(this, segment, nextByte);
    }

    internal void Forget(Segment segment)
    {
        segment.Readers--;
        Readers--;
        Trim();
    }

    /// <summary>Lets go of what lies before the backlog and nobody needs.</summary>
    internal void Trim()
    {
        while (_first.Next is { } next && _first.Readers == 0 && _first.End <= End - _backlogBytes)
        {
            MemoryBytes -= _first.Bytes.Length;
            if (_spares.Count < _keptSpares && _first.Bytes.Length == _segmentBytes) _spares.Push(_first);
            _first = next;
        }
    }

    private void SetBacklog(long bytes)
    {
        _backlogBytes = bytes;
        _segmentBytes = bytes == 0 ? LargestSegment : (int)Math.Clamp(bytes / SegmentsOfBacklog, SmallestSegment, LargestSegment);
        _keptSpares = bytes == 0 ? KeptSparesOfFlow : KeptSpares;
        _spares.Clear();
    }

    private void AddSegment()
    {
        Segment segment = NewSegment();
        _last.Next = segment;
        _last = segment;
        Trim();
    }

    private Segment NewSegment()
    {
        Segment segment = _spares.TryPop(out Segment? spare) ? spare : new Segment(GC.AllocateUninitializedArray<byte>(_segmentBytes));
        segment.BeginAt(End + 1);
        MemoryBytes += segment.Bytes.Length;
        return segment;
    }

    internal sealed class Segment(byte[] bytes)
    {
        private int _used;

        public readonly byte[] Bytes = bytes;
        public long Start;
        public int Readers;
        public Segment? Next;

        public long End => Start + _used - 1;

        public int Free => Bytes.Length - _used;

        public void BeginAt(long start)
        {
            Start = start;
            _used = 0;
            Next = null;
        }

        public int Fill(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(Bytes.AsSpan(_used));
            _used += bytes.Length;
            return bytes.Length;
        }

        public ReadOnlySpan<byte> From(long offset)
        {
            int at = (int)(offset - Start);
            return Bytes.AsSpan(at, _used - at);
        }
    }
}
