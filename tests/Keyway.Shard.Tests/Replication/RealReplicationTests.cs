using Keyway.Shard.Tests.Simulation;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Replication;

/// <summary>Replication beside redis-server, in every place of a chain: what the servers hold is the same, whoever is whose master.</summary>
public sealed class RealReplicationTests
{
    private const int Writes = 1500;

    public RealReplicationTests() => Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");

    [Theory]
    [InlineData("yes", "disabled")]
    [InlineData("yes", "on-empty-db")]
    [InlineData("yes", "swapdb")]
    [InlineData("no", "disabled")]
    [InlineData("no", "swapdb")]
    public void Our_replica_holds_what_a_real_master_holds(string disklessSync, string disklessLoad)
    {
        using ServerUnderTest master = ServerUnderTest.Real("--repl-diskless-sync", disklessSync);
        using ServerUnderTest replica = ServerUnderTest.Ours("--repl-diskless-load", disklessLoad);
        var writes = new RandomWrites(new Random(7));
        Write(master, writes);

        replica.Follow(master);
        Write(master, writes);
        replica.WaitUntilLevelWith(master);
        Write(master, writes);
        replica.WaitUntilLevelWith(master);
    }

    [Fact]
    public void A_replica_whose_link_was_cut_goes_on_where_it_stopped()
    {
        using ServerUnderTest master = ServerUnderTest.Real();
        using ServerUnderTest replica = ServerUnderTest.Ours();
        var writes = new RandomWrites(new Random(8), flushes: false);
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
        Assert.NotEqual("0", master.Info("stats", "sync_partial_ok"));
    }

    [Fact]
    public void A_replica_gives_its_masters_password()
    {
        using ServerUnderTest master = ServerUnderTest.Real();
        using ServerUnderTest replica = ServerUnderTest.Ours("--masterauth", "secret", "--masteruser", "copyist");
        master.Call("ACL SETUSER copyist on >secret +psync +replconf +ping");
        master.Call("ACL SETUSER default -replconf -psync");
        master.Call("SET a 1");

        replica.Follow(master);

        replica.WaitUntilLevelWith(master);
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("no")]
    public void A_real_replica_holds_what_our_master_holds(string disklessSync)
    {
        using ServerUnderTest master = ServerUnderTest.Ours("--repl-diskless-sync", disklessSync);
        using ServerUnderTest replica = ServerUnderTest.Real();
        var writes = new RandomWrites(new Random(9));
        Write(master, writes);

        replica.Follow(master);
        Write(master, writes);
        replica.WaitUntilLevelWith(master);
        Write(master, writes);
        replica.WaitUntilLevelWith(master);
    }

    // Real, ours, real; ours, real, ours; and all ours. What the middle has cut off goes on, and so does its own link.
    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, true, false)]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    public void A_chain_is_level_at_its_end(bool firstIsReal, bool middleIsReal, bool lastIsReal)
    {
        using ServerUnderTest first = ServerUnderTest.Start(firstIsReal);
        using ServerUnderTest middle = ServerUnderTest.Start(middleIsReal);
        using ServerUnderTest last = ServerUnderTest.Start(lastIsReal);
        var writes = new RandomWrites(new Random(10), flushes: false);
        Write(first, writes);
        middle.Follow(first);
        last.Follow(middle);
        Write(first, writes);
        middle.WaitUntilLevelWith(first);
        last.WaitUntilLevelWith(middle);

        (string ofFirst, string ofMiddle) = (first.Info("stats", "sync_full"), middle.Info("stats", "sync_full"));
        middle.Call("CLIENT KILL TYPE replica");
        first.Call("CLIENT KILL TYPE replica");
        Write(first, writes);
        middle.WaitUntilLevelWith(first);
        last.WaitUntilLevelWith(middle);
        Assert.Equal((ofFirst, ofMiddle), (first.Info("stats", "sync_full"), middle.Info("stats", "sync_full")));
        Assert.NotEqual("0", first.Info("stats", "sync_partial_ok"));
        Assert.NotEqual("0", middle.Info("stats", "sync_partial_ok"));
    }

    // A replica becomes the master by hand; its former master and the other replica follow it, and nobody begins anew.
    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, true, false)]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, false, true)]
    public void Promotion_by_hand_keeps_what_everybody_has(bool masterIsReal, bool promotedIsReal, bool otherIsReal)
    {
        // A ping that only one of them still gets would be a byte of the old history that the new one lacks.
        using ServerUnderTest master = ServerUnderTest.Start(masterIsReal, "--repl-ping-replica-period", "1000");
        using ServerUnderTest promoted = ServerUnderTest.Start(promotedIsReal);
        using ServerUnderTest other = ServerUnderTest.Start(otherIsReal);
        var writes = new RandomWrites(new Random(11), flushes: false);
        promoted.Follow(master);
        other.Follow(master);
        Write(master, writes);

        // Nothing may end by itself any more: only one of them would still hear of it from the former master.
        master.Call("CLIENT PAUSE 100000 WRITE");
        promoted.WaitUntilLevelWith(master);
        other.WaitUntilLevelWith(master);
        string history = master.Info("replication", "master_replid");

        promoted.Call("REPLICAOF NO ONE");
        Write(promoted, writes);
        other.Follow(promoted);
        master.Follow(promoted);
        master.Call("CLIENT UNPAUSE");
        Write(promoted, writes);
        other.WaitUntilLevelWith(promoted);
        master.WaitUntilLevelWith(promoted);

        Assert.Equal(history, promoted.Info("replication", "master_replid2"));
        Assert.Equal(history, other.Info("replication", "master_replid2"));
        Assert.Equal("0", promoted.Info("stats", "sync_full"));
        Assert.Equal("2", promoted.Info("stats", "sync_partial_ok"));
    }

    [Fact]
    public void A_link_that_was_down_for_too_many_writes_begins_anew()
    {
        using ServerUnderTest master = ServerUnderTest.Real("--repl-backlog-size", "16kb");
        using ServerUnderTest replica = ServerUnderTest.Ours();
        var writes = new RandomWrites(new Random(12), flushes: false);
        replica.Follow(master);
        replica.WaitUntilLevelWith(master);

        replica.Call("REPLICAOF 127.0.0.1 1");
        Write(master, writes);
        replica.Follow(master);
        replica.WaitUntilLevelWith(master);

        Assert.Equal("2", master.Info("stats", "sync_full"));
        Assert.Equal("2", master.Info("stats", "sync_partial_err"));      // and what it asked for as the master that it had been
    }

    [Fact]
    public void A_replica_that_was_restarted_goes_on_from_its_file()
    {
        using ServerUnderTest master = ServerUnderTest.Real();
        string folder = Directory.CreateTempSubdirectory("keyway-test-").FullName;
        var writes = new RandomWrites(new Random(13), flushes: false);
        using (ServerUnderTest replica = ServerUnderTest.Ours("--dir", folder))
        {
            replica.Follow(master);
            Write(master, writes);
            replica.WaitUntilLevelWith(master);
            replica.Call("SAVE");
        }

        Write(master, writes);
        using (ServerUnderTest again = ServerUnderTest.Ours("--dir", folder, "--replicaof", $"127.0.0.1 {master.Port}"))
        {
            again.WaitUntilLevelWith(master);
        }

        Assert.True(master.Info("stats", "sync_full") == "1", master.Output);
        Assert.True(master.Info("stats", "sync_partial_ok") == "1", master.Output);
        Directory.Delete(folder, recursive: true);
    }

    private static void Write(ServerUnderTest server, RandomWrites writes)
    {
        for (int i = 0; i < Writes; i++) server.Client.SendRaw(writes.Next());
        DrainUntil(server.Client);
    }

    // The replies to what was written are of no interest; the last one is known.
    private static void DrainUntil(RespClient client)
    {
        client.Send("ECHO", "here it ends");
        while (client.ReadReply().Text != "here it ends") { }
    }
}
