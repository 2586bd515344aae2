using Keyway.Shard.Tests.Replication;
using Keyway.Shard.Tests.Simulation;
using Keyway.Testing.RealServers;
using Keyway.Testing.Tls;

namespace Keyway.Shard.Tests.Tls;

/// <summary>Replicas that reach their masters by TLS alone, ours and real ones in every place.</summary>
public sealed class TlsReplicationTests : IDisposable
{
    private const int Writes = 1500;
    private const int LargeValues = 24;

    private readonly TestCertificates _certificates = new();

    public TlsReplicationTests() => Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");

    public void Dispose() => _certificates.Dispose();

    [Theory]
    [InlineData(true, false, "yes", "disabled")]
    [InlineData(true, false, "no", "swapdb")]
    [InlineData(false, true, "yes", "disabled")]
    [InlineData(false, true, "no", "disabled")]
    [InlineData(false, false, "yes", "swapdb")]
    [InlineData(false, false, "no", "disabled")]
    public void A_replica_holds_what_its_master_holds(bool isMasterReal, bool isReplicaReal, string disklessSync, string disklessLoad)
    {
        int port = ExternalServer.FreePort();
        using ServerUnderTest master = ServerUnderTest.Start(isMasterReal, ["--bind", "127.0.0.1", "--repl-diskless-sync", disklessSync, .. _certificates.Directives(port)]);
        using ServerUnderTest replica = ServerUnderTest.Start(
            isReplicaReal, ["--bind", "127.0.0.1", "--repl-diskless-load", disklessLoad, .. _certificates.Directives(ExternalServer.FreePort()), "--tls-replication", "yes"]);
        var writes = new RandomWrites(new Random(7));
        Write(master, writes);

        // More than what fits on the way.
        for (int i = 0; i < LargeValues; i++) master.Client.Call("SET", $"large:{i}", new string((char)('a' + i), 1_000_000));

        replica.Call($"REPLICAOF 127.0.0.1 {port}");
        replica.WaitUntilLevelWith(master);
        Write(master, writes);
        replica.WaitUntilLevelWith(master);

        // A FLUSHALL among the writes may have made a master begin anew; a cut must not.
        string full = master.Info("stats", "sync_full");
        master.Call("CLIENT KILL TYPE replica");
        Write(master, writes);
        replica.WaitUntilLevelWith(master);
        Assert.Equal(full, master.Info("stats", "sync_full"));
        Assert.Equal($"{port}", replica.Info("replication", "master_port"));
    }

    [Fact]
    public void A_replica_that_the_master_does_not_trust_stays_outside_until_it_gets_a_certificate_that_it_does()
    {
        using var elsewhere = new TestCertificates();
        int port = ExternalServer.FreePort();
        using ServerUnderTest master = ServerUnderTest.Ours(["--bind", "127.0.0.1", .. _certificates.Directives(port)]);
        using ServerUnderTest replica = ServerUnderTest.Ours(["--bind", "127.0.0.1", .. elsewhere.Directives(ExternalServer.FreePort()), "--tls-replication", "yes"]);
        master.Call("SET a 1");
        replica.Call($"REPLICAOF 127.0.0.1 {port}");

        // It tries once a second.
        ServerUnderTest.Wait(() => master.Info("stats", "total_connections_received") is not ("1" or "2"), () => "it has not tried");
        Assert.Equal("down", replica.Info("replication", "master_link_status"));
        Assert.Equal("0", master.Info("stats", "sync_full"));

        string[] files = _certificates.Directives(1)[2..];
        Assert.Equal("OK", replica.Client.Call(["CONFIG", "SET", .. files.Select(word => word.TrimStart('-'))]).Text);
        replica.WaitUntilLevelWith(master);
    }

    private static void Write(ServerUnderTest server, RandomWrites writes)
    {
        for (int i = 0; i < Writes; i++) server.Client.SendRaw(writes.Next());
        server.Client.Send("ECHO", "here it ends");
        while (server.Client.ReadReply().Text != "here it ends") { }
    }
}
