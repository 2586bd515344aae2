using System.Diagnostics;
using Keyway.Shard.Tests.Simulation;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Replication.Serving;

/// <summary>Real replicas of our master.</summary>
public sealed class OurMasterTests
{
    private const int Writes = 1500;

    public OurMasterTests() => Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");

    [Theory]
    [InlineData("yes", "disabled")]
    [InlineData("yes", "swapdb")]
    [InlineData("no", "disabled")]
    [InlineData("no", "swapdb")]
    public void A_real_replica_holds_what_our_master_holds(string disklessSync, string disklessLoad)
    {
        using ServerUnderTest master = ServerUnderTest.Ours("--repl-diskless-sync", disklessSync);
        using ServerUnderTest replica = ServerUnderTest.Real("--repl-diskless-load", disklessLoad);
        var writes = new RandomWrites(new Random(7));
        Write(master, writes);
        master.Call("DEBUG POPULATE 20000 filler 200");

        replica.Follow(master);
        Write(master, writes);
        replica.WaitUntilLevelWith(master);
        Write(master, writes);
        replica.WaitUntilLevelWith(master);
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("no")]
    public void Several_replicas_get_one_snapshot_together(string disklessSync)
    {
        using ServerUnderTest master = ServerUnderTest.Ours("--repl-diskless-sync", disklessSync, "--repl-diskless-sync-delay", "30", "--repl-diskless-sync-max-replicas", "3");
        master.Call("DEBUG POPULATE 20000 filler 200");
        ServerUnderTest[] replicas = [ServerUnderTest.Real(), ServerUnderTest.Real(), ServerUnderTest.Ours()];
        try
        {
            foreach (ServerUnderTest replica in replicas) replica.Follow(master);
            Write(master, new RandomWrites(new Random(9)));
            foreach (ServerUnderTest replica in replicas) replica.WaitUntilLevelWith(master);
            if (disklessSync == "yes") Assert.Equal("0", master.Info("persistence", "rdb_saves"));
        }
        finally
        {
            foreach (ServerUnderTest replica in replicas) replica.Dispose();
        }
    }

    [Fact]
    public void A_link_that_was_cut_goes_on_where_it_stopped_until_the_backlog_is_outrun()
    {
        using ServerUnderTest master = ServerUnderTest.Ours("--repl-backlog-size", "1mb");
        using ServerUnderTest replica = ServerUnderTest.Real();
        var writes = new RandomWrites(new Random(8));
        replica.Follow(master);
        Write(master, writes);
        replica.WaitUntilLevelWith(master);

        for (int cut = 0; cut < 3; cut++)
        {
            master.Call("CLIENT KILL TYPE replica");
            Write(master, writes);
            replica.WaitUntilLevelWith(master);
        }

        Assert.Equal("1", master.Info("stats", "sync_full"));
        Assert.Equal("3", master.Info("stats", "sync_partial_ok"));

        // All in one go: the replica has no time to come back in between.
        string value = new('x', 100_000);
        master.Client.SendRaw([.. RespClient.Encode("CLIENT", "KILL", "TYPE", "replica"), .. Enumerable.Repeat(RespClient.Encode("SET", "big", value), 30).SelectMany(set => set)]);
        for (int i = 0; i < 31; i++) master.Client.ReadReply();
        replica.WaitUntilLevelWith(master);
        Assert.Equal("2", master.Info("stats", "sync_full"));
        Assert.Equal("3", master.Info("stats", "sync_partial_ok"));
    }

    [Fact]
    public void A_master_that_restarts_goes_on_with_its_replicas_and_tells_them_who_has_died()
    {
        string folder = Directory.CreateTempSubdirectory("keyway-test-").FullName;
        using ServerUnderTest replica = ServerUnderTest.Real();
        using (ServerUnderTest master = ServerUnderTest.Ours("--dir", folder))
        {
            Write(master, new RandomWrites(new Random(10)));
            master.Call("DEBUG SET-ACTIVE-EXPIRE 0");
            for (int i = 0; i < 20; i++) master.Call($"SET mortal:{i} v PX 1");
            replica.Follow(master);
            replica.WaitUntilLevelWith(master);
            master.Call("SAVE");
            replica.Call($"REPLICAOF 127.0.0.1 {RedisServer.FreePort()}");
        }

        using ServerUnderTest again = ServerUnderTest.Ours("--dir", folder);
        ServerUnderTest.Wait(() => again.Info("persistence", "loading") == "0", () => "still loading");
        replica.Follow(again);
        replica.WaitUntilLevelWith(again);
        Assert.Equal("0", again.Info("stats", "sync_full"));
        Assert.Equal("1", again.Info("stats", "sync_partial_ok"));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_failover_hands_the_role_to_a_real_replica_and_back()
    {
        using ServerUnderTest master = ServerUnderTest.Ours();
        using ServerUnderTest replica = ServerUnderTest.Real();
        master.Call($"CONFIG SET replica-announce-port {master.Port}");
        Write(master, new RandomWrites(new Random(11)));
        replica.Follow(master);
        replica.WaitUntilLevelWith(master);

        Assert.Equal("OK", master.Call("FAILOVER"));
        ServerUnderTest.Wait(() => replica.Info("replication", "role") == "master", () => "nobody has taken over");
        replica.Call("SET after 1");
        master.WaitUntilLevelWith(replica);
        Assert.Equal("OK", replica.Call("FAILOVER"));
        ServerUnderTest.Wait(() => master.Info("replication", "role") == "master", () => "nobody has taken over again");
        master.Call("SET after 2");
        replica.WaitUntilLevelWith(master);
        Assert.Equal("1", master.Info("stats", "sync_full"));
        Assert.Equal("0", replica.Info("stats", "sync_full"));
    }

    [Fact]
    public void Replicas_hear_nothing_of_what_their_master_reads_again()
    {
        using ServerUnderTest master = ServerUnderTest.Ours("--appendonly", "yes");
        using ServerUnderTest replica = ServerUnderTest.Real();
        replica.Follow(master);
        for (int i = 0; i < 200; i++) master.Call($"RPUSH list:{i % 7} {i}");
        replica.WaitUntilLevelWith(master);
        string offset = master.Info("replication", "master_repl_offset");

        Assert.Equal("OK", master.Call("DEBUG LOADAOF"));
        Assert.Equal("OK", master.Call("DEBUG RELOAD"));

        Assert.True(long.Parse(master.Info("replication", "master_repl_offset")) - long.Parse(offset) < 100);      // but for pings
        master.Call("SET after 1");
        replica.WaitUntilLevelWith(master);
    }

    [Fact]
    public void A_file_that_was_written_for_replicas_goes_when_they_have_it()
    {
        string folder = Directory.CreateTempSubdirectory("keyway-test-").FullName;
        using (ServerUnderTest master = ServerUnderTest.Ours("--dir", folder, "--repl-diskless-sync", "no", "--rdb-del-sync-files", "yes"))
        using (ServerUnderTest replica = ServerUnderTest.Real())
        {
            master.Call("SET a 1");
            replica.Follow(master);
            replica.WaitUntilLevelWith(master);
            ServerUnderTest.Wait(() => Directory.GetFiles(folder).Length == 0, () => "the file stays");
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Redis_cli_takes_a_snapshot_and_follows()
    {
        using ServerUnderTest master = ServerUnderTest.Ours();
        master.Call("DEBUG POPULATE 1000 filler 100");
        string file = Path.Combine(Path.GetTempPath(), $"keyway-test-{master.Port}.rdb");

        Assert.Contains("Transfer finished with success", Cli(master, "--rdb", file), StringComparison.Ordinal);
        Assert.Contains("1000 keys read", Output("redis-check-rdb", file), StringComparison.Ordinal);
        File.Delete(file);

        using Process follower = Start("redis-cli", "-p", $"{master.Port}", "--replica");
        ServerUnderTest.Wait(() => master.Call("ROLE").Length >= 0 && master.Info("replication", "slave0").Contains("online", StringComparison.Ordinal), () => "redis-cli does not follow");
        master.Call("SET seen 1");
        string? line;
        do line = follower.StandardOutput.ReadLine();
        while (line != null && !line.Contains("\"seen\"", StringComparison.Ordinal));
        follower.Kill();
        Assert.Equal("\"SET\",\"seen\",\"1\"", line);
    }

    private static void Write(ServerUnderTest server, RandomWrites writes)
    {
        for (int i = 0; i < Writes; i++) server.Client.SendRaw(writes.Next());
        server.Client.Send("ECHO", "here it ends");
        while (server.Client.ReadReply().Text != "here it ends") { }
    }

    private static string Cli(ServerUnderTest server, params string[] arguments) => Output("redis-cli", ["-p", $"{server.Port}", .. arguments]);

    private static string Output(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        return output + errors.Result;
    }

    private static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
