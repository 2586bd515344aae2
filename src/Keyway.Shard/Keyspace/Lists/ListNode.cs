using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.Lists;

/// <summary>
/// The head of a native block that holds one piece of a long list: a listpack that lies somewhere in the block's room. What is free lies before and behind
/// it, so that both ends grow and shrink without moving the elements.
/// <code>node: next previous capacity start count alone held | free … listpack … free</code>
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ListNode
{
    public const int HeaderBytes = 32;

    private const int ElementsStart = Listpack.HeaderBytes;

    public ListNode* Next;
    public ListNode* Previous;
    public int Capacity;
    public int Start;
    public int Count;

    /// <summary>One element that is so long that nothing may join it.</summary>
    public bool IsAlone;

    /// <summary>Somebody needs the elements as they are: he is asked before they change.</summary>
    public bool IsHeld;

    public int Bytes => Listpack.BytesOf(new ReadOnlySpan<byte>(Room + Start, Listpack.HeaderBytes));

    /// <summary>The listpack.</summary>
    public Span<byte> Elements => new(Room + Start, Bytes);

    /// <summary>What is free, at both ends together.</summary>
    public int Free => Capacity - Bytes;

    /// <summary>All bytes that the node takes in memory.</summary>
    public int BlockBytes => SlabAllocator.RoundUp(HeaderBytes + Capacity);

    private byte* Room => (byte*)Unsafe.AsPointer(ref this) + HeaderBytes;

    private int FreeBehind => Capacity - Start - Bytes;

    /// <summary>A node with elements as they stand in a listpack, and room for more.</summary>
    public static ListNode* Create(SlabAllocator memory, ReadOnlySpan<byte> elements, int count, int capacity, ListEnd growsAt)
    {
        int bytes = Listpack.EmptyBytes + elements.Length;
        ListNode* node = Allocate(memory, Math.Max(capacity, bytes));
        node->Start = growsAt == ListEnd.Head ? node->Capacity - bytes : 0;
        elements.CopyTo(new Span<byte>(node->Room + node->Start + ElementsStart, elements.Length));
        node->Room[node->Start + bytes - 1] = Listpack.End;
        node->SetHeader(bytes, count);
        return node;
    }

    public bool HasRoom(ListEnd end, int bytes) => (end == ListEnd.Head ? Start : FreeBehind) >= bytes;

    /// <summary>Moves the elements so that all that is free lies at this end, but for some bytes at the other.</summary>
    public void Slide(ListEnd growsAt, int left)
    {
        Span<byte> elements = Elements;
        Start = growsAt == ListEnd.Head ? Capacity - elements.Length - left : left;
        elements.CopyTo(new Span<byte>(Room + Start, elements.Length));
    }

    /// <summary>Adds an element for which there is room at that end.</summary>
    public void Push(ListEnd end, ListpackElement element, int size)
    {
        Debug.Assert(HasRoom(end, size));
        int bytes = Bytes;
        if (end == ListEnd.Head)
        {
            Start -= size;
            Listpack.Write(new Span<byte>(Room + Start + ElementsStart, size), element, size);
        }
        else
        {
            byte* endMark = Room + Start + bytes - 1;
            Listpack.Write(new Span<byte>(endMark, size), element, size);
            endMark[size] = Listpack.End;
        }

        SetHeader(bytes + size, Count + 1);
    }

    /// <summary>Adds an element before the one at this offset; there is room behind.</summary>
    public void Insert(int at, ListpackElement element, int size)
    {
        Debug.Assert(HasRoom(ListEnd.Tail, size));
        Listpack.Insert(new Span<byte>(Room + Start, Bytes + size), at, element);
        Count++;
    }

    /// <summary>Takes off what lies before this offset, so many elements.</summary>
    public void CutBefore(int at, int removed)
    {
        int bytes = Bytes - (at - ElementsStart);
        Start += at - ElementsStart;
        SetHeader(bytes, Count - removed);
    }

    /// <summary>Takes off what lies from this offset on, so many elements.</summary>
    public void CutFrom(int at, int removed)
    {
        Room[Start + at] = Listpack.End;
        SetHeader(at + 1, Count - removed);
    }

    /// <summary>Adds the elements of another node behind its own; there is room.</summary>
    public void Append(ListNode* other)
    {
        Span<byte> added = other->Elements[ElementsStart..];       // its end mark becomes the end mark of all
        int bytes = Bytes;
        added.CopyTo(new Span<byte>(Room + Start + bytes - 1, added.Length));
        SetHeader(bytes + added.Length - 1, Count + other->Count);
    }

    public void Release(SlabAllocator memory)
    {
        var block = (byte*)Unsafe.AsPointer(ref this);
        memory.Free(block, HeaderBytes + Capacity);
    }

    private static ListNode* Allocate(SlabAllocator memory, int capacity)
    {
        int blockBytes = SlabAllocator.RoundUp(HeaderBytes + capacity);
        var node = (ListNode*)memory.Allocate(blockBytes);
        *node = new ListNode { Capacity = blockBytes - HeaderBytes };
        return node;
    }

    private void SetHeader(int bytes, int count)
    {
        Count = count;
        Listpack.WriteHeader(new Span<byte>(Room + Start, Listpack.HeaderBytes), bytes, count);
    }
}
