using System.Diagnostics;
using System.Globalization;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>Ten million small keys come, are overwritten and go: how long the shard's loop ever was away from its clients.</summary>
internal static class ShardTurns
{
    private const double LongestMs = 10;

    public static void Run(Workspace workspace, Options options, Report report)
    {
        int keys = options.Quick ? 500_000 : 10_000_000;
        report.Section($"Turns of the loop with {keys:#,0} keys");
        Peer? keyway = KeywayShard.Start(workspace, options.Keyway, "keyway");
        if (keyway is null)
        {
            report.AtMost("longest turn", null, LongestMs, " ms");
            return;
        }

        // What is compiled while it runs is not what is measured.
        using (var load = new RespLoad(keyway.Port))
        {
            for (int i = 0; i < 200_000; i++) load.Add("SET", Key(i), "warm");
            for (int i = 0; i < 200_000; i++) load.Add("DEL", Key(i));
            load.Finish();
        }

        Phase(report, keyway, "loading", keys, (load, i) => load.Add("SET", Key(i), "value"));
        Phase(report, keyway, "overwriting", keys, (load, i) => load.Add("SET", Key((int)(i * 7919L % keys)), "another value"));
        Phase(report, keyway, "deleting", keys, (load, i) => load.Add("DEL", Key((int)(i * 7919L % keys))));
        Phase(report, keyway, "loading again", keys, (load, i) => load.Add("SET", Key(i), "value"));
        Phase(report, keyway, "flushing", 1, (load, _) => load.Add("FLUSHALL", "ASYNC"));
        keyway.Process.Dispose();
    }

    private static void Phase(Report report, Peer keyway, string name, int commands, Action<RespLoad, int> add)
    {
        using var client = new RespClient(keyway.Port);
        client.Call("CONFIG", "RESETSTAT");
        long start = Stopwatch.GetTimestamp();
        using (var load = new RespLoad(keyway.Port))
        {
            for (int i = 0; i < commands; i++) add(load, i);
            load.Finish();
        }

        string info = client.Call("INFO", "keyway");
        report.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s, {Field(info, "loop_slow_turns")} turns over 5 ms, garbage collections {Field(info, "gc_collections")}, pauses {Field(info, "gc_pause_total_usec") / 1e3:0.0} ms in all"));
        report.AtMost($"{name}: longest turn, less the wait for a core", Field(info, "loop_longest_turn_usec") / 1e3, LongestMs, " ms");
    }

    private static string Key(int i) => string.Create(CultureInfo.InvariantCulture, $"key:{i}");

    private static double? Field(string info, string name)
    {
        foreach (string line in info.Split('\n'))
        {
            if (line.StartsWith(name + ":", StringComparison.Ordinal)) return double.Parse(line[(name.Length + 1)..].Trim(), CultureInfo.InvariantCulture);
        }

        return null;
    }
}
