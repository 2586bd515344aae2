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
