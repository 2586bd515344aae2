namespace Keyway.Shard.Keyspace;

/// <summary>Different elements by chance, each subset as likely as any other.</summary>
internal static class RandomSample
{
    /// <summary>Above this part of all elements it is cheaper to walk past all of them than to throw until enough different ones have come.</summary>
    private const int WalkFromOneIn = 3;

    /// <summary>
    /// For a walk past all elements: whether the next one is among the chosen, when so many are still to be chosen from so many that are left. Chooses
    /// exactly as many as there should be.
    /// </summary>
    public static bool Takes(ref ulong random, long wanted, long left) => RandomState.Below(ref random, left) < wanted;

    /// <summary>Adds so many different blocks, fewer than there are, to the list.</summary>
    public static unsafe void Pick<TBlock>(BlockTable<TBlock> table, long count, ref ulong random, BlockList chosen)
        where TBlock : struct, IBlock
    {
        if (count > table.Count / WalkFromOneIn)
        {
            long left = table.Count;
            BlockWalk<TBlock> walk = table.Walk();
            while (count > 0 && walk.MoveNext())
            {
                if (!Takes(ref random, count, left--)) continue;
                chosen.Add(walk.Current);
                count--;
            }

            return;
        }

        var seen = new HashSet<nint>();
        while (seen.Count < count)
        {
            byte* block = table.PickUniform(ref random);
            if (seen.Add((nint)block)) chosen.Add(block);
        }
    }
}
