using System.Diagnostics;

namespace Keyway.Shard.Replication;

/// <summary>
/// The bytes of a history that are still here: one chain of segments for all replicas and for those that may come back (the backlog). Segments are shared,
/// never copied; one goes when it lies before the backlog and no reader stands in it or before it. One thread.
/// </summary>
internal sealed class ReplicationLog
{
    private const int SegmentBytes = 64 * 1024;

    private readonly LinkedList<LogReader> _readers = new();
    private Segment? _first;
    private Segment? _last;
    private Segment? _spare;
    private long _backlogBytes;

    /// <param name="end">The offset that the history has now: the next byte written is the one after it.</param>
    /// <param name="backlogBytes">How much is kept when nobody needs it.</param>
    public ReplicationLog(long end, long backlogBytes)
    {
        First = end + 1;
        End = end;
        _backlogBytes = backlogBytes;
    }

    /// <summary>The first byte that is still here, or would be the next.</summary>
    public long First { get; private set; }

    /// <summary>The last byte written.</summary>
    public long End { get; private set; }

    /// <summary>Bytes that are here.</summary>
    public long Length => End - First + 1;

    /// <summary>What its segments take.</summary>
    public long MemoryBytes { get; private set; }

    public int Readers => _readers.Count;

    public long BacklogBytes
    {
        get => _backlogBytes;
        set
        {
            _backlogBytes = value;
            Trim();
        }
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_last == null || _last.Used == SegmentBytes) AddSegment();
            int count = Math.Min(bytes.Length, SegmentBytes - _last!.Used);
            bytes[..count].CopyTo(_last.Bytes.AsSpan(_last.Used));
            _last.Used += count;
            End += count;
            bytes = bytes[count..];
        }

        Trim();
    }

    /// <summary>Whether somebody can be served from this byte on; the one after the last is good too.</summary>
    public bool Holds(long nextByte) => nextByte >= First && nextByte <= End + 1;

    /// <summary>Somebody who is to get all from this byte on; until it is removed nothing that it lacks goes.</summary>
    public LogReader AddReader(long nextByte)
    {
        Debug.Assert(Holds(nextByte));
        Segment? segment = _first;
        while (segment != null && segment.End < nextByte) segment = segment.Next;
        var reader = new LogReader(this, segment, nextByte);
        reader.Node = _readers.AddLast(reader);
        return reader;
    }

    public void Remove(LogReader reader)
    {
        if (reader.Node == null) return;
        _readers.Remove(reader.Node);
        reader.Node = null;
        Trim();
    }

    /// <summary>Lets go of what lies before the backlog and nobody needs.</summary>
    internal void Trim()
    {
        if (_first == null || _first.End >= End - _backlogBytes + 1) return;

        long needed = long.MaxValue;
        foreach (LogReader reader in _readers) needed = Math.Min(needed, reader.NextByte);
        while (_first != _last && _first!.End < End - _backlogBytes + 1 && _first.End < needed)
        {
            Segment gone = _first;
            _first = gone.Next;
            First = _first!.Start;
            MemoryBytes -= SegmentBytes;
            gone.Next = null;
            gone.Used = 0;
            _spare ??= gone;
        }
    }

    internal static ReadOnlySpan<byte> BytesAt(Segment segment, long offset)
    {
        int at = (int)(offset - segment.Start);
        return segment.Bytes.AsSpan(at, segment.Used - at);
    }

    /// <summary>The segment that holds this byte, for a reader that stood at the end when nothing was there.</summary>
    internal Segment? SegmentAt(long offset)
    {
        Segment? segment = _last;
        if (segment == null || offset > End) return null;
        if (offset >= segment.Start) return segment;
        for (segment = _first; segment != null && segment.End < offset; segment = segment.Next) { }
        return segment;
    }

    private void AddSegment()
    {
        Segment segment = _spare ?? new Segment(new byte[SegmentBytes]);
        _spare = null;
        segment.Start = End + 1;
        if (_last != null) _last.Next = segment;
        else _first = segment;
        _last = segment;
        MemoryBytes += SegmentBytes;
    }

    internal sealed class Segment(byte[] bytes)
    {
        public readonly byte[] Bytes = bytes;
        public long Start;
        public int Used;
        public Segment? Next;

        public long End => Start + Used - 1;
    }
}
