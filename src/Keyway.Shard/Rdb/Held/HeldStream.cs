using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Streams;

namespace Keyway.Shard.Rdb.Held;

/// <summary>A stream, by the nodes that it had. A node that is about to change is copied; what stands behind the nodes is written at once, and kept.</summary>
internal sealed unsafe class HeldStream : HeldValue
{
    private const int PartBytes = 64 * 1024;

    private readonly StreamValue _value;
    private readonly (StreamId Id, nint Block)[] _nodes;
    private readonly Dictionary<int, (nint Block, int Length)> _copies = [];
    private readonly RdbAside _end = new();
    private int _written;

    public HeldStream(EntryHead head, HeldShare share, StreamValue value)
        : base(head, share)
    {
        _value = value;
        _nodes = new (StreamId, nint)[value.Nodes.Count];
        int count = 0;
        for (IdMap.Position at = value.Nodes.First; value.Nodes.IsValid(at); at = value.Nodes.Next(at))
            _nodes[count++] = (value.Nodes.IdAt(at), (nint)value.Nodes[at]);

        share.Scratch.Begin(_end);
        RdbValueWriter.WriteStreamEnd(share.Scratch, value);
        share.Scratch.Flush();
        value.Holder = this;
    }

    private SlabAllocator Memory => Share.Values.Memory;

    public override void BeforeNode(StreamId id, StreamNode node)
    {
        int index = IndexOf(id);
        if (index < _written || _nodes[index].Block != (nint)node.Block || _copies.ContainsKey(index)) return;

        ReadOnlySpan<byte> listpack = node.Bytes;
        byte* block = Memory.Allocate(listpack.Length);
        listpack.CopyTo(new Span<byte>(block, listpack.Length));
        _copies.Add(index, ((nint)block, listpack.Length));
    }

    protected override void WriteCount(RdbWriter writer) => writer.WriteLength((long)_nodes.Length);

    protected override bool WriteNext(RdbWriter writer)
    {
        if (_written == _nodes.Length)
        {
            long left = _end.Length;
            _end.MoveTo(writer, PartBytes);
            return left > 0;
        }

        (StreamId id, nint address) = _nodes[_written];
        bool isCopied = _copies.Remove(_written++, out (nint Block, int Length) copy);
        RdbValueWriter.WriteStreamNode(writer, id, isCopied ? new ReadOnlySpan<byte>((byte*)copy.Block, copy.Length) : new StreamNode((byte*)address).Bytes);
        if (isCopied) Memory.Free((byte*)copy.Block, copy.Length);
        return true;
    }

    protected override void LetGo()
    {
        _written = _nodes.Length;
        foreach ((nint block, int length) in _copies.Values) Memory.Free((byte*)block, length);
        _copies.Clear();
        _end.Clear();
        LetGo(_value);
    }

    /// <summary>Where the node of this ID is, or -1, which nothing was written before.</summary>
    private int IndexOf(StreamId id)
    {
        int low = 0;
        int high = _nodes.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = _nodes[middle].Id.CompareTo(id);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return -1;
    }
}
