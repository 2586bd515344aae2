using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Scripts;

/// <summary>Scripts and waiting reads where a pool lets replicas answer.</summary>
public class ScriptReplicaTests
{
    private const string Sha = "0123456789abcdef0123456789abcdef01234567";
    private const string ShaReply = "$40\r\n" + Sha + "\r\n";

    private readonly TestGateway _gateway =
        TestGateway.WithNodes(options => options with { Pools = [options.Pools[0] with { Reads = ReadsFrom.PreferReplica }] }, nodes: 2);

    private FakeShard Master => _gateway.Shard("a");

    private FakeShard Replica => _gateway.Shard("a2");

    [Theory]
    [InlineData("EVAL_RO x 1 a:1", true)]
    [InlineData("EVALSHA_RO x 1 a:1", true)]
    [InlineData("FCALL_RO f 1 a:1", true)]
    [InlineData("XREAD BLOCK 0 STREAMS a:1 $", true)]
    [InlineData("EVAL x 1 a:1", false)]
    [InlineData("EVALSHA x 1 a:1", false)]
    [InlineData("FCALL f 1 a:1", false)]
    [InlineData("BLPOP a:1 0", false)]
    [InlineData("XREADGROUP GROUP g c BLOCK 0 STREAMS a:1 >", false)]
    public void Only_what_may_not_write_goes_to_a_replica(string request, bool goesThere)
    {
        TestClient client = _gateway.Connect();
        client.Send(request);
        Assert.Equal([request], (goesThere ? Replica : Master).Waiting);
        Assert.Empty((goesThere ? Master : Replica).Waiting);
    }

    [Fact]
    public void A_script_that_the_replica_lacks_runs_at_the_master_behind_its_loading()
    {
        TestClient client = _gateway.Connect();
        client.Send("SCRIPT LOAD return_1");
        Master.Reply(ShaReply);
        _gateway.Shard("b").Reply(ShaReply);
        client.Received(ShaReply);
        client.Send($"EVALSHA_RO {Sha} 1 a:1");
        Replica.Reply("-NOSCRIPT No matching script. Please use EVAL.\r\n");
        Assert.Equal(["SCRIPT LOAD return_1", $"EVALSHA_RO {Sha} 1 a:1"], Master.Waiting);
        Master.Reply(ShaReply, ":1\r\n");
        client.Received(":1\r\n");
    }
}
