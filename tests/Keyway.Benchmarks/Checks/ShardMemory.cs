using System.Globalization;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>What a million keys take in a shard and in a redis-server: the growth of resident memory, the same data in both.</summary>
internal static class ShardMemory
{
    private delegate void Filler(RespLoad load, string key, int index);

    public static void Run(Workspace workspace, Options options, Report report)
    {
        int keys = options.Quick ? 100_000 : 1_000_000;
        report.Section($"Memory of {keys:#,0} keys");
        foreach ((string name, double bound, Filler fill) in Kinds())
        {
            // A fresh process for each: what one kind leaves behind must not hide in the next one's beginning.
            Peer redis = RedisServer.Start(workspace, name.Replace(' ', '-'));
            double? theirs = Measure(redis, keys, fill);
            redis.Process.Dispose();
            Peer? keyway = KeywayShard.Start(workspace, options.Keyway, $"keyway {name}");
            double? ours = Measure(keyway, keys, fill);
            keyway?.Process.Dispose();
            report.Line($"{name}: keyway {Text(ours)} bytes a key, redis {Text(theirs)}");
            report.AtMost($"{name}: resident bytes a key against redis", ours / theirs, bound, "x");
        }
    }

    private static IEnumerable<(string, double, Filler)> Kinds()
    {
        string value = new('v', 100);
        yield return ("strings of 100 bytes", 0.8, (load, key, _) => load.Add("SET", key, value));
        yield return ("hashes of 10", 1, (load, key, i) => load.Add(["HSET", key, .. Ten(i).SelectMany(n => (string[])[$"field{n % 10}", $"value{n}"])]));
        yield return ("lists of 10", 1, (load, key, i) => load.Add(["RPUSH", key, .. Ten(i).Select(n => $"item{n}")]));
        yield return ("sets of 10", 1, (load, key, i) => load.Add(["SADD", key, .. Ten(i).Select(n => $"member{n}")]));
        yield return ("sets of 10 integers", 1, (load, key, i) => load.Add(["SADD", key, .. Ten(i).Select(n => Text(n))]));
        yield return ("sorted sets of 10", 1, (load, key, i) => load.Add(["ZADD", key, .. Ten(i).SelectMany(n => (string[])[Text(n), $"member{n}"])]));
    }

    private static IEnumerable<int> Ten(int index) => Enumerable.Range(index * 10 % 1000, 10);

    private static double? Measure(Peer? peer, int keys, Filler fill)
    {
        if (peer is null) return null;
        long before = ProcessFigures.ResidentBytes(peer.Process.Id);
        using var load = new RespLoad(peer.Port);
        for (int i = 0; i < keys; i++) fill(load, string.Create(CultureInfo.InvariantCulture, $"key:{i:000000000000}"), i);
        load.Finish();
        return (ProcessFigures.ResidentBytes(peer.Process.Id) - before) / (double)keys;
    }

    private static string Text(double? value) => value?.ToString("0", CultureInfo.InvariantCulture) ?? "?";
}
