using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Keyway.Topology.Tests;

/// <summary>Random maps and keys against the naive model. A failure prints its seed.</summary>
public class MapProperties
{
    private static readonly string[] Shards = ["s1", "s2", "s3"];

    // Every key of up to five letters that matter to prefixes, numbers and tags, and some with long numbers and bytes.
    private static readonly byte[][] ManyKeys = EnumerateKeys();

    [Fact]
    public void Keys_live_where_the_naive_model_says_and_units_are_equal_exactly_when_its_units_are() => ForSeeds(2000, seed =>
    {
        var random = new Random(seed);
        List<PartitionRule> rules = RandomMaps.Rules(random, Shards.Length);
        PartitionMap map = PartitionMap.Build(rules, Shards);
        var naive = new NaiveMap(rules);
        var names = new Dictionary<int, string>();
        var units = new Dictionary<string, int>();
        for (int i = 0; i < 200; i++)
        {
            byte[] key = RandomMaps.Key(random);
            Route route = map.Find(key);
            (int shard, int rule, string unit) = naive.Find(key);
            if (route.Shard != shard || route.Rule != rule) return false;
            if (names.TryAdd(route.Unit, unit) != units.TryAdd(unit, route.Unit) || names[route.Unit] != unit) return false;
        }

        return true;
    });

    [Fact]
    public void Explanations_agree_with_the_look_up() => ForSeeds(500, seed =>
    {
        var random = new Random(seed);
        PartitionMap map = PartitionMap.Build(RandomMaps.Rules(random, Shards.Length), Shards);
        for (int i = 0; i < 50; i++)
        {
            byte[] key = RandomMaps.Key(random);
            Route route = map.Find(key);
            KeyExplanation explanation = map.Explain(key);
            if (explanation.Shard != route.Shard || explanation.RuleIndex != route.Rule) return false;
            if (explanation.ShardName != (route.Shard < 0 ? null : Shards[route.Shard])) return false;
            if (explanation.Slot is { } slot && slot != NaiveMap.Slot(key)) return false;
        }

        return true;
    });

    [Fact]
    public void A_diff_tells_of_every_key_that_moves_and_of_none_that_stays() => ForSeeds(150, DiffIsTrue);

    private static bool DiffIsTrue(int seed)
    {
        var random = new Random(seed);
        List<PartitionRule> rules = RandomMaps.Rules(random, Shards.Length);
        List<PartitionRule> edited = random.Next(3) == 0 ? RandomMaps.Rules(random, Shards.Length) : RandomMaps.Edit(random, rules, Shards.Length);
        PartitionMap before = PartitionMap.Build(rules, Shards);
        PartitionMap after = PartitionMap.Build(edited, Shards);
        IReadOnlyList<MapMove> moves = MapDiff.Compare(before, after);

        var moved = new HashSet<(int, int)>();
        foreach (byte[] key in ManyKeys)
        {
            (int from, int to) = (before.Find(key).Shard, after.Find(key).Shard);
            if (from != to) moved.Add((from, to));
        }

        foreach ((int from, int to) in moved)
        {
            if (!moves.Any(move => Holds(move.From, from) && Holds(move.To, to))) throw new InvalidOperationException($"untold: {from} -> {to}; told: {string.Join("; ", moves)}\n{Describe(rules)}\n\n{Describe(edited)}");
        }

        foreach (MapMove move in moves.Where(move => !move.May))
        {
            (int from, int to) = (Only(move.From), Only(move.To));
            if (!moved.Contains((from, to))) throw new InvalidOperationException($"nothing moves so: {move}\n{Describe(rules)}\n\n{Describe(edited)}");
        }

        return true;
    }

    [Fact]
    public void Maps_of_one_digest_place_every_key_alike() => ForSeeds(300, seed =>
    {
        var random = new Random(seed);
        List<PartitionRule> rules = RandomMaps.Rules(random, Shards.Length);
        PartitionMap map = PartitionMap.Build(rules, Shards);
        PartitionMap shuffled = PartitionMap.Build([.. rules.OrderBy(_ => random.Next()).Select((rule, i) => rule with { Name = $"{i}", Line = i })], Shards);
        PartitionMap edited = PartitionMap.Build(RandomMaps.Edit(random, rules, Shards.Length), Shards);
        return map.Digest == shuffled.Digest && (map.Digest != edited.Digest || MapDiff.Compare(map, edited).Count == 0);
    });

    private static bool Holds(IReadOnlyList<string> names, int shard) => shard < 0 || names.Contains(Shards[shard]);

    private static int Only(IReadOnlyList<string> names) => names.Count == 0 ? -1 : Array.IndexOf(Shards, Assert.Single(names));

    private static string Describe(List<PartitionRule> rules) => string.Join('\n', rules.Select(rule => $"'{Printable.Text(rule.Prefix)}' {Describe(rule.Placement)} else {rule.Otherwise}"));

    private static string Describe(Placement placement) => placement switch
    {
        Placement.Slots slots => string.Join(' ', slots.Ranges),
        Placement.Number numbers => string.Join(' ', numbers.Ranges),
        Placement.Text texts => string.Join(' ', texts.Ranges.Select(range => $"{TextRanges.Format(range.From, range.To)}={range.Shard}")),
        _ => $"{placement}",
    };

    private static byte[][] EnumerateKeys()
    {
        List<string> keys = [""];
        int start = 0;
        for (int length = 1; length <= 5; length++)
        {
            int end = keys.Count;
            for (int i = start; i < end; i++) keys.AddRange(RandomMaps.Letters.Select(letter => keys[i] + letter));
            start = end;
        }

        var random = new Random(1);
        return [.. keys.Select(Encoding.Latin1.GetBytes), .. Enumerable.Range(0, 30_000).Select(_ => RandomMaps.Key(random))];
    }

    [Fact]
    public void A_beginning_has_one_owner_only_where_every_key_with_it_has() => ForSeeds(200, seed =>
    {
        var random = new Random(seed);
        PartitionMap map = PartitionMap.Build(RandomMaps.Rules(random, Shards.Length), Shards);
        foreach (byte[] beginning in ManyKeys.Where(key => key.Length <= 2).Append("{a}"u8.ToArray()).Append("a{b}c"u8.ToArray()))
        {
            int owner = map.OwnerOfAll(beginning);
            if (owner < 0) continue;
            for (int i = 0; i < 50; i++)
            {
                if (map.Find([.. beginning, .. RandomMaps.Key(random)]).Shard != owner) return false;
            }
        }

        return true;
    });

    // The same seeds in every run; others are tried by changing this one, and a find is kept as a test of its own.
    private static readonly Microsoft.FSharp.Core.FSharpOption<Replay> Replay = Microsoft.FSharp.Core.FSharpOption<Replay>.Some(new Replay(new Rnd(20261120), Microsoft.FSharp.Core.FSharpOption<int>.None));

    [Fact]
    public void A_stretch_that_longer_prefixes_hold_is_not_said_to_move_for_certain() => Assert.True(DiffIsTrue(388377142));

    private static void ForSeeds(int count, Func<int, bool> holds) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed => holds(seed))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(Replay));
}
