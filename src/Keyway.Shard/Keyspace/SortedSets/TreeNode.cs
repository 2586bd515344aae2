using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>
/// A node of a <see cref="ScoreTree"/>, in a native block: this header, the scores, the members' addresses; in a branch, also its children's addresses and
/// how many elements each of them holds. What a branch has as score and member of a child is the first element below it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TreeNode
{
    public const int LeafCapacity = 62;
    public const int BranchCapacity = 31;

    private const int HeaderBytes = 24;
    private const int SmallestLeaf = 6;
    private const int MiddleLeaf = 22;

    /// <summary>Leaves form a list in order.</summary>
    public TreeNode* Next;
    public TreeNode* Previous;
    public ushort Count;
    public ushort Capacity;
    private readonly bool _isBranch;

    private TreeNode(int capacity, bool isBranch)
    {
        Capacity = (ushort)capacity;
        _isBranch = isBranch;
    }

    public readonly double* Scores => (double*)((byte*)Unsafe.AsPointer(in this) + HeaderBytes);

    public readonly byte** Members => (byte**)Scores + Capacity;

    public readonly TreeNode** Children => (TreeNode**)Members + Capacity;

    public readonly long* Counts => (long*)Children + Capacity;

    /// <summary>So few elements that it may go together with a neighbour.</summary>
    public readonly bool IsSparse => Count <= Capacity / 4;

    /// <summary>With less than that they would soon be split again.</summary>
    public static bool CanJoin(TreeNode* left, TreeNode* right) =>
        left->Count + right->Count <= (left->_isBranch ? BranchCapacity : LeafCapacity) * 3 / 4;

    public static int BytesOf(TreeNode* node) => BytesFor(node->Capacity, node->_isBranch);

    public static TreeNode* CreateBranch(SlabAllocator memory) => Create(memory, BranchCapacity, isBranch: true);

    public static TreeNode* CreateLeaf(SlabAllocator memory) => Create(memory, LeafCapacity, isBranch: false);

    /// <summary>A leaf that is the whole tree grows with it.</summary>
    public static TreeNode* CreateFirstLeaf(SlabAllocator memory, int above) =>
        Create(memory, above < SmallestLeaf ? SmallestLeaf : above < MiddleLeaf ? MiddleLeaf : LeafCapacity, isBranch: false);

    public static void Free(SlabAllocator memory, TreeNode* node) => memory.Free((byte*)node, BytesOf(node));

    /// <summary>Makes room for one more entry at this position; all of its fields are the caller's to write.</summary>
    public static void OpenGap(TreeNode* node, int at)
    {
        Debug.Assert(node->Count < node->Capacity);
        Move(node, at, node, at + 1, node->Count - at);
        node->Count++;
    }

    public static void CloseGap(TreeNode* node, int at, int length = 1)
    {
        Move(node, at + length, node, at, node->Count - at - length);
        node->Count -= (ushort)length;
    }

    // The places may overlap.
    private static void Move(TreeNode* source, int from, TreeNode* target, int to, int count)
    {
        if (count == 0) return;
        new ReadOnlySpan<double>(source->Scores + from, count).CopyTo(new Span<double>(target->Scores + to, count));
        new ReadOnlySpan<nint>(source->Members + from, count).CopyTo(new Span<nint>(target->Members + to, count));
        if (!source->_isBranch) return;
        new ReadOnlySpan<nint>(source->Children + from, count).CopyTo(new Span<nint>(target->Children + to, count));
        new ReadOnlySpan<long>(source->Counts + from, count).CopyTo(new Span<long>(target->Counts + to, count));
    }

    /// <summary>Takes the entries from this position on behind those of another node.</summary>
    public static void MoveEnd(TreeNode* source, int from, TreeNode* target)
    {
        int count = source->Count - from;
        Move(source, from, target, target->Count, count);
        target->Count += (ushort)count;
        source->Count -= (ushort)count;
    }

    public static long SumOf(TreeNode* branch, int from, int end)
    {
        long sum = 0;
        for (int i = from; i < end; i++) sum += branch->Counts[i];
        return sum;
    }

    private static TreeNode* Create(SlabAllocator memory, int capacity, bool isBranch)
    {
        var node = (TreeNode*)memory.Allocate(BytesFor(capacity, isBranch));
        *node = new TreeNode(capacity, isBranch);
        return node;
    }

    private static int BytesFor(int capacity, bool isBranch) => HeaderBytes + (capacity * (isBranch ? 32 : 16));
}
