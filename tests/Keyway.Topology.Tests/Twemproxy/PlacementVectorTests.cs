using System.Text;
using Keyway.Testing.RealServers;

namespace Keyway.Topology.Tests.Twemproxy;

/// <summary>
/// Vectors/nutcracker-0.5.0.txt holds what a running nutcracker 0.5.0 answered: a line for every pool, and in it for each of the
/// sample keys the number of the server that got it. KEYWAY_RECORD_VECTORS=FILE writes such a file anew from the live test.
/// </summary>
public class PlacementVectorTests
{
    private const int RecordedKeys = 500;
    private const int LiveKeys = 2000;

    [Fact]
    public void Every_hash_and_distribution_places_keys_where_the_recorded_nutcracker_did()
    {
        var recorded = new Dictionary<string, string>();
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Vectors", "nutcracker-0.5.0.txt")))
        {
            if (line.StartsWith('#')) continue;
            string[] halves = line.Split(" : ");
            recorded.Add(halves[0], halves[1]);
        }

        byte[][] keys = SampleKeys.Take(RecordedKeys);
        Assert.Equal(48, recorded.Count);
        foreach (PoolSetup pool in PoolSetup.All()) Assert.Equal(recorded[pool.Label], Servers(pool.ToMap(), keys));
    }

    [Fact]
    public void Every_hash_and_distribution_places_keys_where_a_running_nutcracker_does()
    {
        Assert.SkipWhen(Nutcracker.Unavailable is not null, Nutcracker.Unavailable ?? "");
        PoolSetup[] pools = [.. PoolSetup.All()];
        byte[][] keys = SampleKeys.Take(LiveKeys);
        var record = new StringBuilder("# distribution hash weights : the server of each sample key, as nutcracker 0.5.0 answered\n");
        var wrong = new List<string>();

        using var proxy = new LiveProxy(pools);
        for (int i = 0; i < pools.Length; i++)
        {
            string live = string.Concat(proxy.Ask(i, keys));
            string ours = Servers(pools[i].ToMap(), keys);
            record.Append($"{pools[i].Label} : {live[..RecordedKeys]}\n");

            int differences = live.Zip(ours).Count(pair => pair.First != pair.Second);
            if (differences > 0) wrong.Add($"{pools[i].Label}: {differences} of {LiveKeys} keys, the first is {Convert.ToHexString(keys[FirstDifference(live, ours)])}");
        }

        if (Environment.GetEnvironmentVariable("KEYWAY_RECORD_VECTORS") is { Length: > 0 } file) File.WriteAllText(file, record.ToString());
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    private static string Servers(PartitionMap map, byte[][] keys) => string.Concat(keys.Select(key => map.Find(key).Shard));

    private static int FirstDifference(string left, string right) => Enumerable.Range(0, left.Length).First(i => left[i] != right[i]);
}
