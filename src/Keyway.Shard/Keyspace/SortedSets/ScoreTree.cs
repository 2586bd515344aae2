using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>
/// The elements of a large sorted set in order: a B+ tree over native memory whose branches count what is below them, so that ranks, ranges and changes all
/// take a descent. An element's score stands beside its address, so that a search touches members only where scores are equal. Members are its owner's.
/// </summary>
internal unsafe struct ScoreTree
{
    // Roots only split, and neighbours that are both sparse are joined: no tree that fits any memory gets so high.
    private const int MaxHeight = 32;

    private TreeNode* _root;
    private int _height;           // 1: the root is a leaf

    public long Count { readonly get; private set; }

    public long MemoryBytes { readonly get; private set; }

    public readonly TreeNode* Root => _root;

    public readonly int Height => _height;

    /// <summary>How many elements precede the bound.</summary>
    public readonly long CountBefore<TBound>(in TBound bound)
        where TBound : IOrderBound, allows ref struct
    {
        if (_root == null) return 0;

        // Children before the last one that begins before the bound lie before it as a whole.
        long before = 0;
        TreeNode* node = _root;
        for (int level = _height; level > 1; level--)
        {
            int index = Math.Max(0, Preceding(node, in bound) - 1);
            before += TreeNode.SumOf(node, 0, index);
            node = node->Children[index];
        }

        return before + Preceding(node, in bound);
    }

    /// <summary>The element of this rank, or none.</summary>
    public readonly TreePosition Seek(long rank)
    {
        if (rank < 0 || rank >= Count) return default;

        TreeNode* node = _root;
        for (int level = _height; level > 1; level--)
        {
            int index = 0;
            while (rank >= node->Counts[index]) rank -= node->Counts[index++];
            node = node->Children[index];
        }

        return new TreePosition(node, (int)rank);
    }

    /// <summary>Adds an element, by its own score; none of the same member and score may be there.</summary>
    [SkipLocalsInit]
    public void Insert(SlabAllocator memory, ScoredMember member)
    {
        double score = member.Score;
        Count++;
        if (_root == null)
        {
            _root = Counted(TreeNode.CreateFirstLeaf(memory, 0));
            _height = 1;
        }

        TreeStep* path = stackalloc TreeStep[MaxHeight];
        var bound = new ElementBound(score, member.Bytes, isBehind: false);
        TreeNode* leaf = _root;
        for (int level = _height - 1; level > 0; level--)
        {
            int index = Math.Max(0, Preceding(leaf, in bound) - 1);
            path[level] = new TreeStep(leaf, index);
            leaf->Counts[index]++;
            leaf = leaf->Children[index];
        }

        int at = Preceding(leaf, in bound);
        if (leaf->Count == leaf->Capacity)
        {
            InsertIntoFull(memory, path, leaf, at, member);
            return;
        }

        InsertInto(leaf, at, member);
        if (at == 0) CorrectFirst(path, 1, leaf);
    }

    /// <summary>Takes an element out; it must be there.</summary>
    [SkipLocalsInit]
    public void Remove(SlabAllocator memory, ScoredMember member)
    {
        TreeStep* path = stackalloc TreeStep[MaxHeight];
        TreeNode* leaf = Descend(path, member, out int at);
        RemoveAt(memory, path, leaf, at, 1);
    }

    /// <summary>Gives an element another score and its place by it.</summary>
    [SkipLocalsInit]
    public void Rescore(SlabAllocator memory, ScoredMember member, double score)
    {
        TreeStep* path = stackalloc TreeStep[MaxHeight];
        TreeNode* leaf = Descend(path, member, out int at);

        // Counters often change by little: between the same two neighbours nothing has to move.
        bool staysPut = at > 0 && at < leaf->Count - 1 && leaf->Scores[at - 1] < score && score < leaf->Scores[at + 1];
        if (staysPut)
        {
            leaf->Scores[at] = member.Score = score;
            return;
        }

        RemoveAt(memory, path, leaf, at, 1);
        member.Score = score;
        Insert(memory, member);
    }

    /// <summary>Takes out elements that follow one another, as many as lie in one leaf.</summary>
    /// <param name="memory">Where nodes live.</param>
    /// <param name="rank">Of the first one; it must be there.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="removed">Room for <see cref="TreeNode.LeafCapacity"/> members, which are the caller's now.</param>
    /// <returns>How many were taken out.</returns>
    [SkipLocalsInit]
    public int RemoveRun(SlabAllocator memory, long rank, long count, nint* removed)
    {
        TreeStep* path = stackalloc TreeStep[MaxHeight];
        TreeNode* leaf = _root;
        for (int level = _height - 1; level > 0; level--)
        {
            int index = 0;
            while (rank >= leaf->Counts[index]) rank -= leaf->Counts[index++];
            path[level] = new TreeStep(leaf, index);
            leaf = leaf->Children[index];
        }

        var at = (int)rank;
        var length = (int)Math.Min(count, leaf->Count - at);
        for (int i = 0; i < length; i++) removed[i] = (nint)leaf->Members[at + i];
        RemoveAt(memory, path, leaf, at, length);
        return length;
    }

    /// <summary>Frees about so many nodes; false when none is left. For a tree that nobody uses any more: its members are gone.</summary>
    [SkipLocalsInit]
    public bool FreeSome(SlabAllocator memory, ref int budget)
    {
        TreeNode** path = stackalloc TreeNode*[MaxHeight];
        while (_root != null && budget-- > 0)
        {
            // The last leaf, and each branch that has lost its last child.
            TreeNode* node = _root;
            for (int level = _height - 1; level > 0; level--)
            {
                path[level] = node;
                node = node->Children[node->Count - 1];
            }

            Free(memory, node);
            int emptied = 1;
            for (; emptied < _height && --path[emptied]->Count == 0; emptied++) Free(memory, path[emptied]);
            if (emptied == _height) _root = null;
        }

        return _root != null;
    }

    /// <summary>How many of a node's entries precede the bound.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Preceding<TBound>(TreeNode* node, in TBound bound)
        where TBound : IOrderBound, allows ref struct
    {
        double* scores = node->Scores;
        byte** members = node->Members;
        int low = 0;
        int high = node->Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (bound.Precedes(scores[middle], new ScoredMember(members[middle]))) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private readonly TreeNode* Descend(TreeStep* path, ScoredMember member, out int at)
    {
        var bound = new ElementBound(member.Score, member.Bytes, isBehind: true);
        TreeNode* node = _root;
        for (int level = _height - 1; level > 0; level--)
        {
            int index = Math.Max(0, Preceding(node, in bound) - 1);
            path[level] = new TreeStep(node, index);
            node = node->Children[index];
        }

        at = Preceding(node, in bound) - 1;
        Debug.Assert(at >= 0 && node->Members[at] == member.Block);
        return node;
    }

    /// <summary>Splits a full leaf, or makes the only one larger.</summary>
    private void InsertIntoFull(SlabAllocator memory, TreeStep* path, TreeNode* leaf, int at, ScoredMember member)
    {
        if (leaf->Capacity < TreeNode.LeafCapacity)
        {
            Debug.Assert(_height == 1);
            _root = Counted(TreeNode.CreateFirstLeaf(memory, leaf->Capacity));
            TreeNode.MoveEnd(leaf, 0, _root);
            Free(memory, leaf);
            InsertInto(_root, at, member);
            return;
        }

        TreeNode* right = Counted(TreeNode.CreateLeaf(memory));
        int kept = SplitPoint(leaf, at, isLast: leaf->Next == null, isFirst: leaf->Previous == null);
        TreeNode.MoveEnd(leaf, kept, right);
        right->Next = leaf->Next;
        right->Previous = leaf;
        if (right->Next != null) right->Next->Previous = right;
        leaf->Next = right;

        if (at > kept || right->Count == 0) InsertInto(right, at - kept, member);
        else InsertInto(leaf, at, member);
        if (at == 0) CorrectFirst(path, 1, leaf);
        AddChild(memory, path, 1, right, right->Count);
    }

    // Who adds at one end goes on there: what lies behind stays full.
    private static int SplitPoint(TreeNode* node, int at, bool isLast, bool isFirst)
    {
        if (isLast && at == node->Count) return node->Count;
        if (isFirst && at == 0) return 1;
        return node->Count / 2;
    }

    /// <summary>Puts a node that was split off, with so many elements below it, behind the one that was split.</summary>
    private void AddChild(SlabAllocator memory, TreeStep* path, int level, TreeNode* child, long elements)
    {
        while (level < _height)
        {
            TreeNode* branch = path[level].Branch;
            int at = path[level].Index + 1;
            branch->Counts[at - 1] -= elements;
            if (branch->Count < branch->Capacity)
            {
                InsertInto(branch, at, child, elements);
                return;
            }

            TreeNode* right = Counted(TreeNode.CreateBranch(memory));
            int kept = SplitPoint(branch, at, IsLast(path, level), isFirst: false);
            TreeNode.MoveEnd(branch, kept, right);
            if (at > kept || right->Count == 0) InsertInto(right, at - kept, child, elements);
            else InsertInto(branch, at, child, elements);

            child = right;
            elements = TreeNode.SumOf(right, 0, right->Count);
            level++;
        }

        TreeNode* root = Counted(TreeNode.CreateBranch(memory));
        InsertInto(root, 0, _root, Count - elements);
        InsertInto(root, 1, child, elements);
        _root = root;
        _height++;
        Debug.Assert(_height < MaxHeight);
    }

    private readonly bool IsLast(TreeStep* path, int level)
    {
        while (++level < _height)
        {
            if (path[level].Index != path[level].Branch->Count - 1) return false;
        }

        return true;
    }

    private static void InsertInto(TreeNode* leaf, int at, ScoredMember member)
    {
        TreeNode.OpenGap(leaf, at);
        leaf->Scores[at] = member.Score;
        leaf->Members[at] = member.Block;
    }

    private static void InsertInto(TreeNode* branch, int at, TreeNode* child, long elements)
    {
        TreeNode.OpenGap(branch, at);
        branch->Scores[at] = child->Scores[0];
        branch->Members[at] = child->Members[0];
        branch->Children[at] = child;
        branch->Counts[at] = elements;
    }

    /// <summary>A node begins with another element: the branches above that begin with it know it too.</summary>
    private readonly void CorrectFirst(TreeStep* path, int level, TreeNode* node)
    {
        for (; level < _height; level++)
        {
            TreeStep step = path[level];
            step.Branch->Scores[step.Index] = node->Scores[0];
            step.Branch->Members[step.Index] = node->Members[0];
            if (step.Index > 0) return;
        }
    }

    private void RemoveAt(SlabAllocator memory, TreeStep* path, TreeNode* leaf, int at, int length)
    {
        Count -= length;
        for (int i = 1; i < _height; i++) path[i].Branch->Counts[path[i].Index] -= length;
        TreeNode.CloseGap(leaf, at, length);

        // Up as long as nodes vanish.
        TreeNode* node = leaf;
        bool beginsAnew = at == 0;
        for (int level = 1; level < _height; level++)
        {
            TreeStep parent = path[level];
            int gone;
            if (node->Count == 0)
            {
                gone = parent.Index;
                Discard(memory, node);
            }
            else
            {
                if (beginsAnew) CorrectFirst(path, level, node);
                gone = node->IsSparse ? Join(memory, parent) : -1;
                if (gone < 0) return;
            }

            TreeNode.CloseGap(parent.Branch, gone);
            node = parent.Branch;
            beginsAnew = gone == 0;
        }

        while (_height > 1 && _root->Count == 1)
        {
            TreeNode* child = _root->Children[0];
            Free(memory, _root);
            _root = child;
            _height--;
        }

        if (_root->Count > 0) return;
        Free(memory, _root);
        _root = null;
        _height = 0;
    }

    /// <summary>Makes one of a child and its right or left neighbour if that has room; returns which child is gone, or -1.</summary>
    private int Join(SlabAllocator memory, TreeStep parent)
    {
        TreeNode* branch = parent.Branch;
        int left = parent.Index + 1 < branch->Count && TreeNode.CanJoin(branch->Children[parent.Index], branch->Children[parent.Index + 1]) ? parent.Index
            : parent.Index > 0 && TreeNode.CanJoin(branch->Children[parent.Index - 1], branch->Children[parent.Index]) ? parent.Index - 1
            : -1;
        if (left < 0) return -1;

        TreeNode* child = branch->Children[left + 1];
        TreeNode.MoveEnd(child, 0, branch->Children[left]);
        branch->Counts[left] += branch->Counts[left + 1];
        Discard(memory, child);
        return left + 1;
    }

    /// <summary>Frees a node that is empty; of a leaf, its neighbours know.</summary>
    private void Discard(SlabAllocator memory, TreeNode* node)
    {
        if (node->Previous != null) node->Previous->Next = node->Next;
        if (node->Next != null) node->Next->Previous = node->Previous;
        Free(memory, node);
    }

    private TreeNode* Counted(TreeNode* node)
    {
        MemoryBytes += SlabAllocator.RoundUp(TreeNode.BytesOf(node));
        return node;
    }

    private void Free(SlabAllocator memory, TreeNode* node)
    {
        MemoryBytes -= SlabAllocator.RoundUp(TreeNode.BytesOf(node));
        TreeNode.Free(memory, node);
    }
}
