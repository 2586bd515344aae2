namespace Keyway.Topology;

/// <summary>Finds the longest of many prefixes that a key begins with: a radix tree, one step for each byte at which prefixes part.</summary>
internal sealed class PrefixTree
{
    // Children are found by one load: the byte counted from the smallest that has a child. 0, the root, means there is none.
    private struct Node
    {
        public byte[] Label;
        public int Rule;
        public int FirstChild;
        public int ChildSpan;
        public byte SmallestChild;
    }

    private readonly Node[] _nodes;
    private readonly int[] _children;

    /// <param name="prefixes">Distinct; position i belongs to rule i. One of them is empty.</param>
    public PrefixTree(IReadOnlyList<byte[]> prefixes)
    {
        int[] order = [.. Enumerable.Range(0, prefixes.Count)];
        Array.Sort(order, (left, right) => prefixes[left].AsSpan().SequenceCompareTo(prefixes[right]));

        var nodes = new List<Node>();
        var children = new List<int>();
        var work = new Stack<(int Low, int High, int Depth, int Slot)>();   // Slot: where the parent expects the node's number
        work.Push((0, order.Length, 0, -1));
        while (work.TryPop(out var group))
        {
            (int low, int high, int depth, int slot) = group;
            byte[] first = prefixes[order[low]];
            int common = first.AsSpan().CommonPrefixLength(prefixes[order[high - 1]]);   // sorted: what the ends share, all share
            if (slot >= 0) children[slot] = nodes.Count;

            var node = new Node { Label = first[depth..common], Rule = -1 };
            if (first.Length == common) node.Rule = order[low++];
            if (low < high)
            {
                node.SmallestChild = prefixes[order[low]][common];
                node.ChildSpan = prefixes[order[high - 1]][common] - node.SmallestChild + 1;
                node.FirstChild = children.Count;
                children.AddRange(Enumerable.Repeat(0, node.ChildSpan));
            }

            nodes.Add(node);
            while (low < high)
            {
                byte branch = prefixes[order[low]][common];
                int end = low + 1;
                while (end < high && prefixes[order[end]][common] == branch) end++;
                work.Push((low, end, common + 1, node.FirstChild + branch - node.SmallestChild));
                low = end;
            }
        }

        _nodes = [.. nodes];
        _children = [.. children];
    }

    /// <returns>The rule with the longest prefix that the key begins with.</returns>
    public int Longest(ReadOnlySpan<byte> key)
    {
        int best = -1;
        int node = 0;
        while (true)
        {
            ref readonly Node current = ref _nodes[node];
            if (!key.StartsWith(current.Label)) return best;

            key = key[current.Label.Length..];
            if (current.Rule >= 0) best = current.Rule;
            if (key.IsEmpty) return best;

            uint branch = (uint)(key[0] - current.SmallestChild);
            if (branch >= (uint)current.ChildSpan) return best;

            node = _children[current.FirstChild + (int)branch];
            if (node == 0) return best;
            key = key[1..];
        }
    }
}
