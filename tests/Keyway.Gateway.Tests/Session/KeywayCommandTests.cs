using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Session;

/// <summary>KEYWAY and INFO SHARD: what only a gateway can be asked.</summary>
public sealed class KeywayCommandTests
{
    private readonly TestGateway _gateway = TestGateway.WithShards("a", "b");
    private readonly TestClient _client;

    public KeywayCommandTests() => _client = _gateway.Connect();

    [Fact]
    public void EXPLAIN_says_which_rule_decides_and_where_the_key_lives()
    {
        string reply = _client.Ask("KEYWAY EXPLAIN a:1");
        Assert.StartsWith("*16\r\n$3\r\nkey\r\n$3\r\na:1\r\n$4\r\npool\r\n$4\r\nmain\r\n$4\r\nrule\r\n$2\r\na:\r\n$4\r\nline\r\n:1\r\n$3\r\nhow\r\n", reply);
        Assert.Contains("$5\r\nshard\r\n$1\r\na\r\n$4\r\nkind\r\n$5\r\nnodes\r\n$7\r\naddress\r\n$13\r\n10.0.1.1:6379\r\n", reply);
    }

    [Fact]
    public void MAP_shows_rules_and_shards()
    {
        _client.Send("HELLO 3");
        _client.Take();
        string reply = _client.Ask("KEYWAY MAP");
        Assert.StartsWith("%4\r\n$4\r\npool\r\n$4\r\nmain\r\n$6\r\ndigest\r\n", reply);
        Assert.Contains("0-8191 a\r\n", reply);
        Assert.EndsWith("$6\r\nshards\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n", reply);
    }

    [Fact]
    public void STATS_counts()
    {
        _gateway.Shard("a").Answer = _ => "$-1\r\n";
        _client.Send("GET a:1");
        _client.Take();
        string reply = _client.Ask("KEYWAY STATS");
        Assert.StartsWith("*16\r\n$4\r\npool\r\n$4\r\nmain\r\n$7\r\nclients\r\n:1\r\n", reply);
        Assert.Contains("$8\r\nrequests\r\n:1\r\n", reply);
    }

    [Fact]
    public void INFO_SHARD_is_that_masters_own()
    {
        _gateway.Shard("b").Answer = request => $"${request.Length}\r\n{request}\r\n";
        Assert.Equal("$4\r\nINFO\r\n", _client.Ask("INFO SHARD b"));
        Assert.Equal("$16\r\nINFO server keys\r\n", _client.Ask("INFO shard b server keys"));
        Assert.Equal("-ERR no shard 'x' in this pool; it has a, b\r\n", _client.Ask("INFO SHARD x"));
        Assert.Empty(_gateway.Shard("a").Log);
    }

    [Fact]
    public void MEMORY_tells_of_the_gateway_and_asks_the_shard_for_keys()
    {
        _gateway.Shard("a").Answer = request => request == "MEMORY USAGE a:1" ? ":57\r\n" : null;
        Assert.Equal(":57\r\n", _client.Ask("MEMORY USAGE a:1"));
        Assert.StartsWith("*24\r\n$14\r\npeak.allocated\r\n:", _client.Ask("MEMORY STATS"));
        Assert.Equal("+OK\r\n", _client.Ask("MEMORY PURGE"));
        Assert.StartsWith("$", _client.Ask("MEMORY DOCTOR"));
        Assert.StartsWith("$", _client.Ask("MEMORY MALLOC-STATS"));
    }
}
