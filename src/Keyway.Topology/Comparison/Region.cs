namespace Keyway.Topology.Comparison;

/// <summary>
/// The keys whose longest prefix, of all that either map knows, is this one. Within a region each map begins with one rule.
/// </summary>
/// <param name="OldRule">The rule that the old map asks first.</param>
/// <param name="NewRule">The rule that the new map asks first.</param>
/// <param name="Texts">Where on the order of keys a key of the region can be.</param>
internal sealed record Region(byte[] Prefix, int OldRule, int NewRule, IReadOnlyList<Interval> Texts)
{
    private static readonly Comparer<byte[]> ByteOrder = Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));

    public static Region[] All(PartitionMap before, PartitionMap after)
    {
        byte[][] prefixes = [.. before.Rules.Concat(after.Rules).Select(rule => rule.Prefix).OrderBy(prefix => prefix, ByteOrder).DistinctBy(Convert.ToHexString)];
        var heads = Array.ConvertAll(prefixes, prefix => (Before: before.LongestPrefix(prefix), After: after.LongestPrefix(prefix)));

        // Keys under a longer prefix are none of this region's business, unless both maps hand them on to it.
        bool[] isSealed = Array.ConvertAll(heads, head => before.Indexes[head.Before].Next < 0 || after.Indexes[head.After].Next < 0);

        var regions = new Region[prefixes.Length];
        for (int i = 0; i < regions.Length; i++)
            regions[i] = new Region(prefixes[i], heads[i].Before, heads[i].After, TextsOf(prefixes, isSealed, i));
        return regions;
    }

    private static List<Interval> TextsOf(byte[][] prefixes, bool[] isSealed, int region)
    {
        var texts = new List<Interval>();
        byte[]? start = prefixes[region];
        for (int i = region + 1; i < prefixes.Length && prefixes[i].AsSpan().StartsWith(prefixes[region]); i++)
        {
            // One inside another that is already cut out lies before the start.
            if (!isSealed[i] || start is null || prefixes[i].AsSpan().SequenceCompareTo(start) < 0) continue;
            if (!prefixes[i].AsSpan().SequenceEqual(start)) texts.Add(new Interval(start, prefixes[i]));
            start = EndOf(prefixes[i]);
        }

        byte[]? end = EndOf(prefixes[region]);
        if (start is not null && !(end is not null && start.AsSpan().SequenceEqual(end))) texts.Add(new Interval(start, end));
        return texts;
    }

    /// <summary>The first text after all that begin with the prefix; null when there is none.</summary>
    private static byte[]? EndOf(ReadOnlySpan<byte> prefix)
    {
        int length = prefix.LastIndexOfAnyExcept((byte)0xFF) + 1;
        if (length == 0) return null;

        byte[] next = prefix[..length].ToArray();
        next[^1]++;
        return next;
    }
}
