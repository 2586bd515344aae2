namespace Keyway.Topology;

/// <summary>
/// Where every key of a pool lives: the rule with the longest prefix decides, and hands on to the next shorter one what it does not
/// hold if it says so. Immutable; a reload builds another one and swaps the reference.
/// </summary>
public sealed class PartitionMap
{
    private readonly RuleIndex[] _indexes;
    private readonly PrefixTree? _prefixes;   // null where the catch-all is alone, so that such a map pays nothing for prefixes
    private readonly ushort[]? _loneSlots;
    private readonly int _catchAll;

    private PartitionMap(IReadOnlyList<PartitionRule> rules, IReadOnlyList<string> shardNames)
    {
        Rules = [.. rules];
        ShardNames = [.. shardNames];
        MapCheck.Throw(Rules, ShardNames);

        int[] next = PrefixOrder.NextShorter(Rules);
        _indexes = new RuleIndex[Rules.Count];
        int unit = 0;
        for (int i = 0; i < _indexes.Length; i++)
        {
            _indexes[i] = new RuleIndex(Rules[i], unit, ShardNames.Count, next[i]);
            unit = checked(unit + _indexes[i].Shards.Length + 1);
            if (Rules[i].Prefix.Length == 0) _catchAll = i;
        }

        if (_indexes.Length > 1) _prefixes = new PrefixTree([.. Rules.Select(rule => rule.Prefix)]);
        else if (Rules[0].Placement is Placement.Slots) _loneSlots = _indexes[0].Shards;

        FirstShardOfCatchAll = FirstShard(_indexes[_catchAll]);
        ShardsInUse = FindShardsInUse();
        Digest = MapDigest.Of(_indexes, ShardNames);
    }

    public IReadOnlyList<PartitionRule> Rules { get; }

    public IReadOnlyList<string> ShardNames { get; }

    /// <summary>The shard for commands that have no key and need one: of the catch-all's lowest slot or range, or its first server.</summary>
    public int FirstShardOfCatchAll { get; }

    /// <summary>The shards that keys of this map can live on, ascending; a map may name fewer than the file declares.</summary>
    public IReadOnlyList<int> ShardsInUse { get; }

    /// <summary>The shard that every key lives on (refused ones aside); -1 where there are several.</summary>
    public int OnlyShard => ShardsInUse.Count == 1 ? ShardsInUse[0] : -1;

    /// <summary>Equal for maps that place every key alike, into the same units, on shards of the same names; whatever their order, lines and rule names.</summary>
    public string Digest { get; }

    internal IReadOnlyList<RuleIndex> Indexes => _indexes;

    /// <param name="rules">Exactly one without prefix; prefixes distinct, ranges sound (as the Check functions beside this class say).</param>
    /// <param name="shardNames">What the rules' shard numbers stand for.</param>
    /// <exception cref="ArgumentException">The rules are not valid; the loader tells people so with lines, this is the last guard.</exception>
    public static PartitionMap Build(IReadOnlyList<PartitionRule> rules, IReadOnlyList<string> shardNames) => new(rules, shardNames);

    /// <summary>Where the key lives. Allocates nothing.</summary>
    public Route Find(ReadOnlySpan<byte> key)
    {
        if (_loneSlots is { } slots)
        {
            int slot = HashSlot.Of(key);
            return new Route(slots[slot], slot, 0);
        }

        int rule = LongestPrefix(key);
        while (true)
        {
            RuleIndex index = _indexes[rule];
            int part = index.Find(key);
            if (part >= 0) return new Route(index.Shards[part], index.FirstUnit + part, rule);
            if (index.Next < 0) return new Route(index.OtherwiseShard, index.FirstUnit + index.Shards.Length, rule);
            rule = index.Next;
        }
    }

    /// <summary>The shard that every key with this beginning lives on, whatever follows it; -1 where that cannot be said.</summary>
    public int OwnerOfAll(ReadOnlySpan<byte> beginning)
    {
        foreach (PartitionRule rule in Rules)
        {
            if (rule.Prefix.Length > beginning.Length && rule.Prefix.AsSpan().StartsWith(beginning)) return -1;
        }

        Route route = Find(beginning);
        if (route.Rule != LongestPrefix(beginning)) return -1;
        return Rules[route.Rule].Placement switch
        {
            Placement.Single => route.Shard,
            Placement.Slots when HasWholeTag(beginning) => route.Shard,
            _ => -1,
        };
    }

    private static bool HasWholeTag(ReadOnlySpan<byte> beginning)
    {
        int open = beginning.IndexOf((byte)'{');
        return open >= 0 && beginning[(open + 1)..].IndexOf((byte)'}') > 0;
    }

    /// <summary>Where the key lives, and why, for people.</summary>
    public KeyExplanation Explain(ReadOnlySpan<byte> key) => MapExplanation.Explain(this, key);

    internal int LongestPrefix(ReadOnlySpan<byte> key) => _prefixes is null ? _catchAll : _prefixes.Longest(key);

    private static int FirstShard(RuleIndex catchAll) => catchAll.Rule.Placement switch
    {
        Placement.Twemproxy pool => pool.Servers[0].Shard,
        _ => catchAll.Shards.Length > 0 ? catchAll.Shards[0] : catchAll.OtherwiseShard,
    };

    private int[] FindShardsInUse()
    {
        var used = new SortedSet<int>();
        foreach (RuleIndex index in _indexes)
        {
            if (index.Rule.Placement is Placement.Twemproxy pool) used.UnionWith(pool.Servers.Select(server => server.Shard));
            else used.UnionWith(index.Shards.Select(shard => (int)shard));
            if (index.OtherwiseShard >= 0) used.Add(index.OtherwiseShard);
        }

        return [.. used];
    }
}
