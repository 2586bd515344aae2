namespace Keyway.Topology;

/// <summary>Which rule comes next where a rule hands a key on.</summary>
internal static class PrefixOrder
{
    /// <returns>For each rule the one whose prefix is the longest proper prefix of its own; -1 for the catch-all.</returns>
    public static int[] NextShorter(IReadOnlyList<PartitionRule> rules)
    {
        int[] order = [.. Enumerable.Range(0, rules.Count)];
        Array.Sort(order, (left, right) => rules[left].Prefix.AsSpan().SequenceCompareTo(rules[right].Prefix));

        // Sorted, a prefix stands before all that begin with it: the open ones form a chain, the longest on top.
        var next = new int[rules.Count];
        var open = new Stack<int>();
        foreach (int rule in order)
        {
            while (open.TryPeek(out int top) && !rules[rule].Prefix.AsSpan().StartsWith(rules[top].Prefix)) open.Pop();
            next[rule] = open.TryPeek(out int shorter) ? shorter : -1;
            open.Push(rule);
        }

        return next;
    }
}
