using System.Diagnostics;
using System.Text;
using Keyway.Platform.Disks;
using Keyway.Platform.Simulation;
using Keyway.Shard.Persistence;
using Keyway.Shard.Tests.Rdb;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Persistence;

/// <summary>Files go to a real redis-server and come from one.</summary>
public sealed class RealFilesTests
{
    [Theory]
    [InlineData(1, "yes")]
    [InlineData(2, "no")]
    [InlineData(3, "yes")]
    public void Ours_are_read_by_redis_server(int seed, string compression)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        string policy = seed == 3 ? "allkeys-lru" : "noeviction";
        using var shard = new TestShard("--enable-debug-command", "yes", "--save", "", "--rdbcompression", compression, "--maxmemory-policy", policy);
        SimulatedPeer peer = shard.Connect();
        Fill(shard, peer, seed);

        // In the background, while more comes that is not to be in it.
        string digest = shard.Call(peer, "DEBUG DIGEST")[1..^2];
        var changes = new RandomChanges(seed);
        IEnumerable<string[]> meanwhile = Enumerable.Range(0, 300).Select(_ => changes.Next()).Where(change => change[0] != "FLUSHALL");      // which would end it
        shard.Send(peer, TestShard.Encode("BGSAVE") + string.Concat(meanwhile.Select(Encoded)));
        shard.Network.Advance(TimeSpan.FromSeconds(3));
        Assert.Contains("rdb_last_bgsave_status:ok", shard.Call(peer, "INFO persistence"), StringComparison.Ordinal);

        using var redis = RedisServer.Start("--enable-debug-command", "yes");
        string path = Path.Combine(redis.Directory, "dump.rdb");
        File.WriteAllBytes(path, FileOf(shard));
        Assert.Contains("RDB looks OK!", Check(path), StringComparison.Ordinal);
        using RespClient client = redis.Connect();
        Assert.Equal("OK", client.Call("DEBUG", "RELOAD", "NOSAVE").Text);
        Assert.Equal(digest, client.Call("DEBUG", "DIGEST").Text);
    }

    [Theory]
    [InlineData(4, "yes")]
    [InlineData(5, "no")]
    [InlineData(6, "yes")]
    public void Redis_servers_are_read_by_us(int seed, string compression)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        string policy = seed == 6 ? "allkeys-lfu" : "noeviction";
        using var redis = RedisServer.Start("--enable-debug-command", "yes", "--rdbcompression", compression, "--maxmemory-policy", policy);
        using RespClient client = redis.Connect();
        foreach (string[] command in Commands(seed)) client.Call(command);
        client.Call("FUNCTION", "LOAD", "#!lua name=mylib\nredis.register_function('f', function() return 1 end)");
        string digest = client.Call("DEBUG", "DIGEST").Text;
        Assert.Equal("OK", client.Call("SAVE").Text);

        var disk = new SimulatedDisk(seed: 1);
        using (DiskFile file = disk.Create(RdbFiles.PathOf(new TestShard().Server.Settings))) file.Append(File.ReadAllBytes(Path.Combine(redis.Directory, "dump.rdb")));
        using var shard = new TestShard(disk, "--enable-debug-command", "yes", "--save", "");
        shard.Network.Advance(TimeSpan.FromSeconds(5));
        SimulatedPeer peer = shard.Connect();
        Assert.Equal(digest, shard.Call(peer, "DEBUG DIGEST")[1..^2]);

        // And back, with the functions that it brought.
        Assert.Equal("+OK\r\n", shard.Call(peer, "SAVE"));
        client.Call("FUNCTION", "FLUSH");
        File.WriteAllBytes(Path.Combine(redis.Directory, "dump.rdb"), FileOf(shard));
        Assert.Equal("OK", client.Call("DEBUG", "RELOAD", "NOSAVE").Text);
        Assert.Equal(digest, client.Call("DEBUG", "DIGEST").Text);
        Assert.Equal("1", client.Call("FCALL", "f", "0").Text);
    }

    private static void Fill(TestShard shard, SimulatedPeer peer, int seed)
    {
        foreach (string[] command in Commands(seed)) shard.Send(peer, Encoded(command));
    }

    private static IEnumerable<string[]> Commands(int seed)
    {
        var values = new RandomValues(seed);
        for (int i = 0; i < 200; i++)
        {
            yield return ["SELECT", $"{i % 3}"];
            foreach (string[] command in values.Commands($"k{i}")) yield return command;
            if (i % 5 == 0) yield return ["PEXPIREAT", $"k{i}", $"{4_000_000_000_000 + i}"];
        }

        yield return ["SELECT", "0"];
        foreach (string[] command in new RandomChanges(seed).Large()) yield return command;
    }

    private static string Encoded(string[] command) => Encoding.Latin1.GetString(RespClient.Encode(command));

    private static byte[] FileOf(TestShard shard)
    {
        using DiskFile file = shard.Disk.OpenForReading(RdbFiles.PathOf(shard.Server.Settings));
        var bytes = new byte[file.Length];
        Assert.Equal(bytes.Length, file.Read(0, bytes));
        return bytes;
    }

    private static string Check(string path)
    {
        var start = new ProcessStartInfo("redis-check-rdb", [path]) { RedirectStandardOutput = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
