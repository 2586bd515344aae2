namespace Keyway.Shard.Keyspace.Streams;

/// <summary>
/// Redis holds a stream's nodes in a radix tree and XINFO tells its size, which says something about a stream's health to those who know the tree. There
/// is none here, but its shape follows from the IDs: a node for each branching, for each stretch between two of them, and for each ID.
/// </summary>
internal static class RadixTree
{
    private const int KeyBytes = StreamId.Bytes;

    public static long CountNodes(IdMap ids)
    {
        if (ids.Count == 0) return 1;

        // Depths of the branchings above the ID that was visited last, from the root down.
        Span<int> branchings = stackalloc int[KeyBytes];
        int open = 0;
        long nodes = ids.Count;
        int sharedBefore = -1;
        IdMap.Position position = ids.First;
        while (true)
        {
            StreamId id = ids.IdAt(position);
            IdMap.Position next = ids.Next(position);
            int sharedBehind = ids.IsValid(next) ? SharedBytes(id, ids.IdAt(next)) : -1;

            // What leads from its last branching to this ID alone.
            if (KeyBytes - 1 - Math.Max(sharedBefore, sharedBehind) > 0) nodes++;

            while (open > 0 && branchings[open - 1] > sharedBehind)
            {
                int depth = branchings[--open];
                int above = Math.Max(open > 0 ? branchings[open - 1] : -1, sharedBehind);
                nodes += depth - 1 - above > 0 ? 2 : 1;
            }

            if (sharedBehind < 0) return nodes;
            if (open == 0 || branchings[open - 1] < sharedBehind) branchings[open++] = sharedBehind;
            sharedBefore = sharedBehind;
            position = next;
        }
    }

    private static int SharedBytes(StreamId left, StreamId right)
    {
        ulong difference = left.Milliseconds ^ right.Milliseconds;
        return difference != 0
            ? System.Numerics.BitOperations.LeadingZeroCount(difference) / 8
            : 8 + (System.Numerics.BitOperations.LeadingZeroCount(left.Sequence ^ right.Sequence) / 8);
    }
}
