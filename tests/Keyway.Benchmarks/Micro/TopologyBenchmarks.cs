using System.Text;
using BenchmarkDotNet.Attributes;
using Keyway.Topology;

namespace Keyway.Benchmarks.Micro;

/// <summary>What it costs to find a key's shard, per key, over keys in no order; and to build a large map, as a reload does.</summary>
[MemoryDiagnoser]
public class TopologyBenchmarks
{
    private const int Keys = 4096;       // more than the branch predictor remembers
    private const int Ranges = 10_000;
    private const int Prefixes = 1000;

    private static readonly string[] Shards = ["s1", "s2", "s3"];

    private static readonly PartitionRule CatchAll =
        new() { Name = "rest", Placement = new Placement.Slots([new(0, 5460, 0), new(5461, 10922, 1), new(10923, 16383, 2)]) };

    private static readonly PartitionRule Numbers = new()
    {
        Name = "user:",
        Prefix = "user:"u8.ToArray(),
        Placement = new Placement.Number([.. Enumerable.Range(0, Ranges).Select(i => new NumberRange($"{i * 1000L}", $"{i * 1000L + 999}", i % 3))]),
    };

    private static readonly PartitionRule Texts = TextRule("evt:", [.. Enumerable.Range(0, Ranges).Select(i => $"customer-{i:D6}")]);

    // Bounds that share their first bytes in groups: the heads do not decide, whole bounds must be compared.
    private static readonly PartitionRule AlikeTexts =
        TextRule("evt:", [.. Enumerable.Range(0, Ranges).Select(i => (i % 2 == 0 ? "customer-" : "supplier-") + $"{i:D6}")]);

    private readonly PartitionMap _slots = PartitionMap.Build([CatchAll], Shards);
    private readonly PartitionMap _numbers = PartitionMap.Build([Numbers, CatchAll], Shards);
    private readonly PartitionMap _texts = PartitionMap.Build([Texts, CatchAll], Shards);
    private readonly PartitionMap _alikeTexts = PartitionMap.Build([AlikeTexts, CatchAll], Shards);
    private readonly PartitionMap _prefixes = PartitionMap.Build(
        [.. Enumerable.Range(0, Prefixes).Select(i => new PartitionRule { Name = $"{i}", Prefix = Bytes($"tenant{i}:"), Placement = new Placement.Single(i % 3) }), CatchAll], Shards);

    private readonly PartitionMap _ketama = PartitionMap.Build(
        [
            new PartitionRule
            {
                Name = "rest",
                Placement = new Placement.Twemproxy(TwemproxyDistribution.Ketama, TwemproxyHash.Fnv1a_64, [], [.. Enumerable.Range(0, 3).Select(i => new TwemproxyServer(i, $"10.0.0.{i}:6379:1"))]),
            },
        ],
        Shards);

    private readonly byte[][] _plainKeys = KeysOf(random => $"key:{random.Next(1_000_000_000):D12}");
    private readonly byte[][] _taggedKeys = KeysOf(random => $"cart:{{{random.Next(1_000_000)}}}:items");
    private readonly byte[][] _userKeys = KeysOf(random => $"user:{random.Next(Ranges * 1000)}:cart");
    private readonly byte[][] _eventKeys = KeysOf(random => $"evt:customer-{random.Next(Ranges):D6}:{random.Next(100)}");
    private readonly byte[][] _tenantKeys = KeysOf(random => $"tenant{random.Next(Prefixes)}:{random.Next(100)}");

    [Benchmark(OperationsPerInvoke = Keys, Baseline = true)]
    public int Slots() => FindAll(_slots, _plainKeys);

    [Benchmark(OperationsPerInvoke = Keys)]
    public int SlotsOfTaggedKeys() => FindAll(_slots, _taggedKeys);

    [Benchmark(OperationsPerInvoke = Keys)]
    public int TenThousandNumberRanges() => FindAll(_numbers, _userKeys);

    [Benchmark(OperationsPerInvoke = Keys)]
    public int TenThousandTextRanges() => FindAll(_texts, _eventKeys);

    [Benchmark(OperationsPerInvoke = Keys)]
    public int TenThousandTextRangesInTwoGroups() => FindAll(_alikeTexts, _eventKeys);

    [Benchmark(OperationsPerInvoke = Keys)]
    public int ThousandPrefixes() => FindAll(_prefixes, _tenantKeys);

    [Benchmark(OperationsPerInvoke = Keys)]
    public int Ketama() => FindAll(_ketama, _plainKeys);

    [Benchmark]
    public PartitionMap BuildTenThousandNumberRanges() => PartitionMap.Build([Numbers, CatchAll], Shards);

    [Benchmark]
    public PartitionMap BuildTenThousandTextRanges() => PartitionMap.Build([Texts, CatchAll], Shards);

    [Benchmark]
    public int CompareTenThousandNumberRanges() => MapDiff.Compare(_numbers, _numbers).Count;

    private static int FindAll(PartitionMap map, byte[][] keys)
    {
        int sum = 0;
        foreach (byte[] key in keys) sum += map.Find(key).Shard;
        return sum;
    }

    private static PartitionRule TextRule(string prefix, string[] bounds)
    {
        Array.Sort(bounds, StringComparer.Ordinal);
        return new PartitionRule
        {
            Name = prefix,
            Prefix = Bytes(prefix),
            Placement = new Placement.Text([.. bounds.Select((bound, i) => new TextRange(Bytes(bound), i + 1 < bounds.Length ? Bytes(bounds[i + 1]) : null, i % 3))]),
        };
    }

    private static byte[][] KeysOf(Func<Random, string> key)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Keys).Select(_ => Bytes(key(random)))];
    }

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}
