using System.Diagnostics;
using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.Lists;

/// <summary>
/// A list that has outgrown one flat buffer: a chain of listpacks of a few kilobytes. Ends are changed without moving elements; in the middle a change
/// costs one node, and finding the place one step for each node from the nearer end.
/// </summary>
/// <param name="memory">Holds the nodes.</param>
internal sealed unsafe class Quicklist(SlabAllocator memory) : LargeValue
{
    private const int SmallestCapacity = 480;            // a block of 512 bytes
    private const int ObjectBytes = 64;                  // about what the object itself takes

    private ListNode* _head;
    private ListNode* _tail;
    private long _count;
    private long _bytes;

    public override long Count => _count;

    public override long MemoryBytes => _bytes + ObjectBytes;

    public override long FreeEffort => Nodes;

    public long Nodes { get; private set; }

    public ListNode* Head => _head;

    public ListNode* Tail => _tail;

    /// <summary>The elements of a flat buffer, to which more are to be added.</summary>
    public static Quicklist From(SlabAllocator memory, ReadOnlySpan<byte> listpack, ListEnd growsAt)
    {
        var list = new Quicklist(memory);
        int count = Listpack.Count(listpack);
        if (count > 0) list.Link(ListNode.Create(memory, listpack[Listpack.HeaderBytes..^1], count, listpack.Length * 2, growsAt), null, null);
        list._count = count;
        return list;
    }

    /// <summary>The element at the end; there must be one.</summary>
    public ListpackElement Peek(ListEnd end)
    {
        Span<byte> elements = (end == ListEnd.Head ? _head : _tail)->Elements;
        return Listpack.Read(elements, end == ListEnd.Head ? Listpack.HeaderBytes : Listpack.Last(elements));
    }

    /// <param name="end">Where it goes.</param>
    /// <param name="element">Does not lie in this list.</param>
    /// <param name="limits">Of the nodes.</param>
    public void Push(ListEnd end, ListpackElement element, ListLimits limits)
    {
        int size = Listpack.SizeOf(element);
        ListNode* node = end == ListEnd.Head ? _head : _tail;
        _count++;
        if (node != null && TryPushInto(node, end, element, size, limits)) return;

        // What was the end of the list will hardly grow any more.
        if (node != null && node->Free > node->Capacity / 8) node = Move(node, 0, end);
        AddNode(end == ListEnd.Head ? null : node, end == ListEnd.Head ? node : null, element, size, end, limits);
    }

    /// <summary>Takes the element at that end away; there must be one.</summary>
    public void Pop(ListEnd end)
    {
        ListNode* node = end == ListEnd.Head ? _head : _tail;
        _count--;
        if (node->Count == 1)
        {
            Unlink(node);
            return;
        }

        Heed(node);
        Span<byte> elements = node->Elements;
        if (end == ListEnd.Head) node->CutBefore(Listpack.HeaderBytes + Listpack.SizeAt(elements, Listpack.HeaderBytes), 1);
        else node->CutFrom(Listpack.Last(elements), 1);
        GiveBackRoom(node, end);
    }

    /// <summary>Takes so many elements away from that end, or all.</summary>
    public void RemoveFrom(ListEnd end, long count)
    {
        while (count > 0 && _count > 0)
        {
            ListNode* node = end == ListEnd.Head ? _head : _tail;
            if (node->Count <= count)
            {
                count -= node->Count;
                _count -= node->Count;
                Unlink(node);
                continue;
            }

            var removed = (int)count;
            _count -= removed;
            Heed(node);
            if (end == ListEnd.Head) node->CutBefore(Listpack.Seek(node->Elements, removed), removed);
            else node->CutFrom(Listpack.Seek(node->Elements, node->Count - removed), removed);
            GiveBackRoom(node, end);
            return;
        }
    }

    /// <param name="index">From 0 to less than <see cref="Count"/>.</param>
    public ListPosition Seek(long index)
    {
        Debug.Assert((ulong)index < (ulong)_count);
        ListNode* node;
        if (index <= _count / 2)
        {
            node = _head;
            for (; index >= node->Count; node = node->Next) index -= node->Count;
        }
        else
        {
            node = _tail;
            index -= _count - node->Count;
            while (index < 0)
            {
                node = node->Previous;
                index += node->Count;
            }
        }

        return new ListPosition(node, Listpack.Seek(node->Elements, index));
    }

    /// <summary>The first element that is the value.</summary>
    public bool TryFind(ReadOnlySpan<byte> value, out ListPosition position)
    {
        for (ListNode* node = _head; node != null; node = node->Next)
        {
            int at = Listpack.Find(node->Elements, Listpack.HeaderBytes, value, skip: 0);
            if (at == Listpack.None) continue;
            position = new ListPosition(node, at);
            return true;
        }

        position = default;
        return false;
    }

    /// <summary>Puts the element, which does not lie in this list, before or behind the one at the position.</summary>
    public void Insert(ListPosition position, bool isBehind, ListpackElement element, ListLimits limits)
    {
        int at = isBehind ? position.Offset + Listpack.SizeAt(position.Node->Elements, position.Offset) : position.Offset;
        InsertAt(position.Node, at, element, limits);
    }

    /// <summary>Puts another element, which does not lie in this list, in the place of the one at the position.</summary>
    public void Replace(ListPosition position, ListpackElement element, ListLimits limits)
    {
        ListNode* node = position.Node;
        _count--;
        if (node->Count == 1)
        {
            ListNode* left = node->Previous;
            ListNode* right = node->Next;
            Unlink(node);
            AddNode(left, right, element, Listpack.SizeOf(element), ListEnd.Tail, limits);
            _count++;
            return;
        }

        Heed(node);
        Listpack.Remove(node->Elements, position.Offset);
        node->Count--;
        InsertAt(node, position.Offset, element, limits);
    }

    /// <summary>Takes away what equals the value, the first ones from that end, at most so many.</summary>
    /// <returns>How many there were.</returns>
    public long RemoveEqual(ReadOnlySpan<byte> value, long most, ListEnd from, ListLimits limits)
    {
        long removed = 0;
        ListNode* next;
        for (ListNode* node = from == ListEnd.Head ? _head : _tail; node != null && removed < most; node = next)
        {
            next = from == ListEnd.Head ? node->Next : node->Previous;
            if (node->IsHeld && Listpack.Find(node->Elements, Listpack.HeaderBytes, value, skip: 0) != Listpack.None) Heed(node);
            int found = ListpackMatches.Remove(node->Elements, value, most - removed, from);
            if (found == 0) continue;

            removed += found;
            _count -= found;
            node->Count -= found;
            if (node->Count == 0)
            {
                Unlink(node);
                continue;
            }

            // What is left joins what this walk has left behind, if both fit one node.
            ListNode* left = from == ListEnd.Head ? node->Previous : node;
            ListNode* right = from == ListEnd.Head ? node : node->Next;
            if (left == null || right == null || !TryJoin(left, right, limits)) GiveBackRoom(node, ListEnd.Tail);
        }

        return removed;
    }

    public override LargeValue Copy()
    {
        var copy = new Quicklist(memory) { _count = _count };
        for (ListNode* node = _head; node != null; node = node->Next)
        {
            ListNode* twin = ListNode.Create(memory, node->Elements[Listpack.HeaderBytes..^1], node->Count, 0, ListEnd.Tail);
            twin->IsAlone = node->IsAlone;
            copy.Link(twin, copy._tail, null);
        }

        return copy;
    }

    public override bool FreeSome(ref int budget)
    {
        while (_head != null && budget-- > 0) Unlink(_head);
        _count = 0;
        return _head != null;
    }

    /// <param name="node">Holds the place.</param>
    /// <param name="at">The offset at which the element is to stand: another element's, or the end mark's.</param>
    /// <param name="element">The new element.</param>
    /// <param name="limits">Of the nodes.</param>
    private void InsertAt(ListNode* node, int at, ListpackElement element, ListLimits limits)
    {
        int size = Listpack.SizeOf(element);
        _count++;
        if (MayJoin(node, element, size, limits))
        {
            Heed(node);
            node = EnsureRoomBehind(node, size);
            node->Insert(at, element, size);
            return;
        }

        ListNode* left = at == Listpack.HeaderBytes ? node->Previous : node;
        ListNode* right = at == node->Bytes - 1 ? node->Next : node;
        if (left == right) right = Split(ref left, at);

        if (left != null && left != node && TryPushInto(left, ListEnd.Tail, element, size, limits)) return;
        if (right != null && right != node && TryPushInto(right, ListEnd.Head, element, size, limits)) return;
        if (left != null && TryPushInto(left, ListEnd.Tail, element, size, limits)) return;
        AddNode(left, right, element, size, ListEnd.Tail, limits);
    }

    private static bool MayJoin(ListNode* node, ListpackElement element, int size, ListLimits limits) =>
        !node->IsAlone && limits.Allows(node->Bytes + size, node->Count + 1) && !limits.IsAlone(element);

    private bool TryPushInto(ListNode* node, ListEnd end, ListpackElement element, int size, ListLimits limits)
    {
        if (!MayJoin(node, element, size, limits)) return false;
        Heed(node);
        if (!node->HasRoom(end, size) && !TryMakeRoom(ref node, end, size, limits)) return false;
        node->Push(end, element, size);
        return true;
    }

    /// <summary>Makes room at that end in a node that may hold so much; false where it is so full already that a new node costs less.</summary>
    private bool TryMakeRoom(ref ListNode* node, ListEnd end, int size, ListLimits limits)
    {
        int free = node->Free;
        if (free - size >= node->Capacity / 4)
        {
            // The other end keeps some: who pushes at both ends in turns must not move everything each time.
            node->Slide(end, Math.Min(free / 4, free - size));
            return true;
        }

        if (node->Capacity >= limits.NodeBytes) return false;
        node = Move(node, Math.Min(Math.Max(node->Capacity * 2, node->Bytes + size), limits.NodeBytes), end);
        return true;
    }

    private ListNode* EnsureRoomBehind(ListNode* node, int size)
    {
        if (node->HasRoom(ListEnd.Tail, size)) return node;
        if (node->Free < size) return Move(node, node->Bytes + Math.Max(size, node->Bytes / 4), ListEnd.Tail);
        node->Slide(ListEnd.Tail, left: 0);
        return node;
    }

    /// <summary>A node that has become much smaller than its block gets a smaller block.</summary>
    private void GiveBackRoom(ListNode* node, ListEnd end)
    {
        if (node->Capacity > SmallestCapacity && node->Free > node->Capacity / 4 * 3) Move(node, node->Bytes * 2, end);
    }

    /// <summary>A new node with one element between two neighbours, of which at most one is missing in a list that has any.</summary>
    private void AddNode(ListNode* left, ListNode* right, ListpackElement element, int size, ListEnd growsAt, ListLimits limits)
    {
        // In the middle hardly anything follows; at an end much more of the same.
        bool isAlone = limits.IsAlone(element);
        int capacity = isAlone || (left != null && right != null) ? 0 : Math.Min(SmallestCapacity, limits.NodeBytes);
        ListNode* node = ListNode.Create(memory, [], 0, Math.Max(capacity, Listpack.EmptyBytes + size), growsAt);
        node->IsAlone = isAlone;
        node->Push(growsAt, element, size);
        Link(node, left, right);
    }

    /// <summary>Takes what lies from the offset on into a node of its own, which follows.</summary>
    private ListNode* Split(ref ListNode* node, int at)
    {
        Span<byte> elements = node->Elements;
        int before = 0;
        for (int i = Listpack.HeaderBytes; i < at; i += Listpack.SizeAt(elements, i)) before++;

        int behind = node->Count - before;
        ListNode* rest = ListNode.Create(memory, elements[at..^1], behind, 0, ListEnd.Tail);
        Link(rest, node, node->Next);
        Heed(node);
        node->CutFrom(at, behind);
        if (node->Free > node->Capacity / 4) node = Move(node, 0, ListEnd.Tail);
        return rest;
    }

    private bool TryJoin(ListNode* left, ListNode* right, ListLimits limits)
    {
        int added = right->Bytes - Listpack.EmptyBytes;
        if (left->IsAlone || right->IsAlone || !limits.Allows(left->Bytes + added, left->Count + right->Count)) return false;

        Heed(left);
        left = EnsureRoomBehind(left, added);
        left->Append(right);
        Unlink(right);
        return true;
    }

    /// <summary>Another block for the same elements, of so many bytes at least.</summary>
    private ListNode* Move(ListNode* node, int capacity, ListEnd growsAt)
    {
        ListNode* moved = ListNode.Create(memory, node->Elements[Listpack.HeaderBytes..^1], node->Count, capacity, growsAt);
        moved->IsAlone = node->IsAlone;
        ListNode* left = node->Previous;
        ListNode* right = node->Next;
        Unlink(node);
        Link(moved, left, right);
        return moved;
    }

    private void Link(ListNode* node, ListNode* left, ListNode* right)
    {
        node->Previous = left;
        node->Next = right;
        if (left != null) left->Next = node;
        else _head = node;
        if (right != null) right->Previous = node;
        else _tail = node;
        Nodes++;
        _bytes += node->BlockBytes;
    }

    private void Unlink(ListNode* node)
    {
        if (node->Previous != null) node->Previous->Next = node->Next;
        else _head = node->Next;
        if (node->Next != null) node->Next->Previous = node->Previous;
        else _tail = node->Previous;
        Nodes--;
        _bytes -= node->BlockBytes;
        Heed(node);
        node->Release(memory);
    }

    /// <summary>The node's elements are about to change, or to go.</summary>
    private void Heed(ListNode* node)
    {
        if (!node->IsHeld) return;
        node->IsHeld = false;
        Holder?.BeforeNode(node);
    }
}
