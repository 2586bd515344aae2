using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Lists;

namespace Keyway.Shard.Rdb.Held;

/// <summary>A list, by the nodes that it had. A node that is about to change is copied.</summary>
internal sealed unsafe class HeldList : HeldValue
{
    private readonly Quicklist _value;
    private readonly nint[] _nodes;
    private readonly Dictionary<nint, Copy> _copies = [];
    private int _written;

    public HeldList(EntryHead head, HeldShare share, Quicklist value)
        : base(head, share)
    {
        _value = value;
        _nodes = new nint[value.Nodes];
        int count = 0;
        for (ListNode* node = value.Head; node != null; node = node->Next)
        {
            node->IsHeld = true;
            _nodes[count++] = (nint)node;
        }

        value.Holder = this;
    }

    private SlabAllocator Memory => Share.Values.Memory;

    public override void BeforeNode(ListNode* node)
    {
        // Another node may come to lie there: it is not held, and this copy is what was there.
        Span<byte> elements = node->Elements;
        byte* block = Memory.Allocate(elements.Length);
        elements.CopyTo(new Span<byte>(block, elements.Length));
        _copies.Add((nint)node, new Copy((nint)block, elements.Length, node->IsAlone));
    }

    protected override void WriteCount(RdbWriter writer) => writer.WriteLength((long)_nodes.Length);

    protected override bool WriteNext(RdbWriter writer)
    {
        if (_written == _nodes.Length) return false;

        nint address = _nodes[_written++];
        if (_copies.Remove(address, out Copy copy))
        {
            Write(writer, new ReadOnlySpan<byte>((byte*)copy.Block, copy.Length), copy.IsAlone);
            Memory.Free((byte*)copy.Block, copy.Length);
            return true;
        }

        var node = (ListNode*)address;
        node->IsHeld = false;
        Write(writer, node->Elements, node->IsAlone);
        return true;
    }

    protected override void LetGo()
    {
        for (; _written < _nodes.Length; _written++)
        {
            if (!_copies.ContainsKey(_nodes[_written])) ((ListNode*)_nodes[_written])->IsHeld = false;
        }

        foreach (Copy copy in _copies.Values) Memory.Free((byte*)copy.Block, copy.Length);
        _copies.Clear();
        LetGo(_value);
    }

    private static void Write(RdbWriter writer, ReadOnlySpan<byte> listpack, bool isAlone)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        writer.WriteLength(isAlone ? RdbFormat.PlainNode : RdbFormat.PackedNode);
        writer.WriteString(isAlone ? Listpack.Read(listpack, Listpack.First(listpack)).Text(digits) : listpack);
    }

    private readonly record struct Copy(nint Block, int Length, bool IsAlone);
}
