using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Local;

/// <summary>Links speak under the shard's own credentials from the map; what clients say of themselves stays here.</summary>
public class ShardCredentialTests
{
    [Theory]
    [InlineData(null, "AUTH shardpass")]
    [InlineData("keyway", "AUTH keyway shardpass")]
    public void A_RESP2_link_says_AUTH(string? user, string expected)
    {
        TestGateway gateway = WithShard(user, "shardpass");
        gateway.Connect().Send("GET a:1");
        Assert.Equal(expected, gateway.Shard("a").Handshakes[0]);
        Assert.Equal(["GET a:1"], gateway.Shard("a").Waiting);
    }

    [Theory]
    [InlineData(null, "HELLO 3 AUTH default shardpass")]
    [InlineData("keyway", "HELLO 3 AUTH keyway shardpass")]
    public void A_RESP3_link_says_it_with_HELLO(string? user, string expected)
    {
        TestGateway gateway = WithShard(user, "shardpass");
        TestClient client = gateway.Connect();
        client.SendRaw(TestClient.Encode("HELLO", "3") + TestClient.Encode("GET", "a:1"));
        Assert.Contains(expected, gateway.Shard("a").Handshakes);
        Assert.Equal(["GET a:1"], gateway.Shard("a").Waiting);
    }

    [Fact]
    public void What_clients_say_of_themselves_reaches_no_shard()
    {
        TestGateway gateway = TestGateway.With(["a"], options => options with
        {
            Shards = [options.Shards[0] with { Password = "shardpass" }],
            Pools = [options.Pools[0] with { Password = "clientpass" }],
        });
        TestClient client = gateway.Connect();
        client.SendRaw(TestClient.Encode("AUTH", "clientpass") + TestClient.Encode("CLIENT", "SETNAME", "somebody") + TestClient.Encode("HELLO", "3", "AUTH", "default", "clientpass", "SETNAME", "else") + TestClient.Encode("GET", "a:1"));
        string bytes = System.Text.Encoding.Latin1.GetString([.. gateway.Shard("a").Bytes]);
        Assert.Contains("shardpass", bytes);
        Assert.DoesNotContain("clientpass", bytes);
        Assert.DoesNotContain("somebody", bytes);
        Assert.DoesNotContain("else", bytes);
    }

    [Fact]
    public void Refused_credentials_say_so_and_are_tried_again()
    {
        TestGateway gateway = WithShard(null, "old", "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
        TestClient client = gateway.Connect();
        Assert.Equal("-TRYAGAIN shard 'a' has no master (it refused AUTH: WRONGPASS invalid username-password pair or user is disabled.); not executed\r\n", client.Ask("GET a:1"));
        Assert.Empty(gateway.Shard("a").Log);
        gateway.Shard("a").HandshakeAnswer = null;
        gateway.Advance(100);
        client.Send("GET a:1");
        Assert.Equal(["GET a:1"], gateway.Shard("a").Waiting);
    }

    [Fact]
    public void A_shard_that_stays_closed_to_us_is_logged_once_and_not_at_every_attempt()
    {
        TestGateway gateway = WithShard(null, "old", "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
        gateway.Advance(5000);
        Assert.InRange(gateway.Log.Lines.Count(line => line.Contains("refuses AUTH")), 1, 3);
        Assert.DoesNotContain(gateway.Log.Lines, line => line.Contains("old"));
    }

    [Fact]
    public void A_shard_that_wants_a_password_which_the_map_lacks_shows_its_own_words()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        gateway.Shard("a").Answer = _ => "-NOAUTH Authentication required.\r\n";
        TestClient client = gateway.Connect();
        Assert.Equal("-NOAUTH Authentication required.\r\n", client.Ask("GET a:1"));
        Assert.False(client.IsClosed);
    }

    private static TestGateway WithShard(string? user, string password, string? refusal = null)
    {
        // The first handshake leaves as the gateway starts, so the shard must know its answer before.
        TestGateway gateway = TestGateway.With(["a"], options => options with { Shards = [options.Shards[0] with { User = user, Password = password }] });
        if (refusal is null) return gateway;
        gateway.Shard("a").HandshakeAnswer = request => request.StartsWith("AUTH") ? refusal : null;
        gateway.Shard("a").Kill();
        gateway.Shard("a").Restart();
        gateway.Advance(200);
        return gateway;
    }
}
