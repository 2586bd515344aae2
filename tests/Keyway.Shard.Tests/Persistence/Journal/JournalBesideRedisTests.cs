using System.Diagnostics;
using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Shard.Tests.Rdb;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Persistence.Journal;

/// <summary>Journals go to a real redis-server and come from one.</summary>
public sealed class JournalBesideRedisTests
{
    private const string Library = "#!lua name=mylib\nredis.register_function('f', function() return 1 end)";

    [Theory]
    [InlineData(1, "yes")]
    [InlineData(2, "no")]
    public void Ours_are_loaded_by_redis_server(int seed, string rdbPreamble)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        var disk = new SimulatedDisk(seed: 1);
        using var shard = new JournaledShard(disk, ["--aof-use-rdb-preamble", rdbPreamble, "--aof-timestamp-enabled", "yes"]);
        SimulatedPeer client = shard.Connect();
        shard.CountHistory();
        string[][] commands = [.. Commands(seed)];
        for (int i = 0; i < commands.Length; i++)
        {
            shard.Feed(client, commands[i]);
            if (i == commands.Length / 2) shard.Call(client, "BGREWRITEAOF");
        }

        shard.PassMs(2000);
        string info = shard.Call(client, "INFO", "persistence");
        Assert.Contains("aof_rewrites:1\r\n", info, StringComparison.Ordinal);
        Assert.Contains("aof_rewrite_in_progress:0\r\n", info, StringComparison.Ordinal);
        string digest = shard.Call(client, "DEBUG", "DIGEST")[1..^2];

        // Ours again, and then theirs.
        shard.KillAndRestart();
        Assert.Equal(digest, shard.Call(shard.Connect(), "DEBUG", "DIGEST")[1..^2]);
        using var redis = RedisServer.Start("--enable-debug-command", "yes", "--appendonly", "yes");
        string folder = Path.Combine(redis.Directory, "appendonlydir");
        foreach (string name in disk.FilesIn(JournaledShard.JournalFolder)) File.WriteAllBytes(Path.Combine(folder, name), Encoding.Latin1.GetBytes(shard.ContentOf(name)));
        Assert.Contains("All AOF files and manifest are valid", Check(Path.Combine(folder, "appendonly.aof.manifest")), StringComparison.Ordinal);
        using RespClient real = redis.Connect();
        Assert.Equal("OK", real.Call("DEBUG", "LOADAOF").Text);
        Assert.Equal(digest, real.Call("DEBUG", "DIGEST").Text);
    }

    [Theory]
    [InlineData(3, "yes")]
    [InlineData(4, "no")]
    public void Redis_servers_are_loaded_by_us(int seed, string rdbPreamble)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using var redis = RedisServer.Start(
            "--enable-debug-command", "yes", "--appendonly", "yes", "--appendfsync", "always", "--aof-use-rdb-preamble", rdbPreamble, "--aof-timestamp-enabled", "yes");
        using RespClient real = redis.Connect();
        string[][] commands = [.. Commands(seed)];
        for (int i = 0; i < commands.Length; i++)
        {
            real.Call(commands[i]);
            if (i == commands.Length / 3) real.Call("FUNCTION", "LOAD", Library);
            if (i == commands.Length / 2) real.Call("BGREWRITEAOF");
        }

        real.Call("FUNCTION", "LOAD", Library.Replace("mylib", "another", StringComparison.Ordinal).Replace("'f'", "'g'", StringComparison.Ordinal));
        long limit = Stopwatch.GetTimestamp() + (30 * Stopwatch.Frequency);
        while (!real.Call("INFO", "persistence").Text.Contains("aof_rewrite_in_progress:0", StringComparison.Ordinal)) Assert.True(Stopwatch.GetTimestamp() < limit);
        string digest = real.Call("DEBUG", "DIGEST").Text;

        var disk = new SimulatedDisk(seed: 1);
        foreach (string path in Directory.GetFiles(Path.Combine(redis.Directory, "appendonlydir")))
        {
            using Platform.Disks.DiskFile file = disk.Create($"{JournaledShard.JournalFolder}/{Path.GetFileName(path)}");
            file.Append(File.ReadAllBytes(path));
        }

        using var shard = new JournaledShard(disk, []);
        shard.PassMs(3000);
        Assert.False(shard.HasFailedToLoad, string.Join('\n', shard.Log.Lines));
        Assert.Equal(digest, shard.Call(shard.Connect(), "DEBUG", "DIGEST")[1..^2]);
        Assert.Equal(2, shard.Server.Functions.Sources.Count);
    }

    private static IEnumerable<string[]> Commands(int seed)
    {
        var values = new RandomValues(seed);
        var changes = new RandomChanges(seed);
        for (int i = 0; i < 200; i++)
        {
            yield return ["SELECT", $"{i % 3}"];
            foreach (string[] command in values.Commands($"k{i}")) yield return command;
            if (i % 5 == 0) yield return ["PEXPIREAT", $"k{i}", $"{4_000_000_000_000 + i}"];
            yield return ["SELECT", "0"];
            for (int change = 0; change < 5; change++)
            {
                // The two servers' clocks differ by months.
                string[] next = changes.Next();
                yield return next[0] == "PEXPIRE" ? ["PEXPIREAT", next[1], "4000000000000"] : next;
            }
        }
    }

    private static string Check(string path)
    {
        var start = new ProcessStartInfo("redis-check-aof", [path]) { RedirectStandardOutput = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
