using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Protocol;

/// <summary>Where a request goes is decided by every key that it touches; when these cannot be told, it goes nowhere.</summary>
public class KeyExtractionTests
{
    private const string CrossSlot = "-CROSSSLOT Keys in request don't hash to the same slot\r\n";

    [Theory]
    [InlineData("ZUNIONSTORE a:d 2147483647 a:1")]
    [InlineData("ZUNIONSTORE a:d 0 a:1")]
    [InlineData("ZUNIONSTORE a:d -1 a:1")]
    [InlineData("ZUNION 5 a:1")]
    [InlineData("LMPOP -1 a:1 LEFT")]
    [InlineData("LMPOP 3 a:1 LEFT")]
    [InlineData("ZMPOP x a:1 MIN")]
    [InlineData("SINTERCARD 9 a:1")]
    [InlineData("XREAD STREAMS a:1")]
    [InlineData("XREAD COUNT 1")]
    [InlineData("XREADGROUP STREAMS a:1 >")]
    [InlineData("MSET a:1 1 b:1")]
    [InlineData("MSETNX a:1")]
    public void What_names_no_keys_is_refused_here(string request)
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        Assert.StartsWith("-ERR ", client.Ask(request));
        Assert.Empty(gateway.Shard("a").Log);
        Assert.Empty(gateway.Shard("b").Log);
        Assert.Equal("+PONG\r\n", client.Ask("PING"));
    }

    [Theory]
    [InlineData("SORT a:1 STORE b:1")]
    [InlineData("SORT a:1 STORE a:2 STORE b:1")]
    [InlineData("SORT a:1 STORE b:1 STORE a:2")]
    [InlineData("SORT a:1 LIMIT 0 5 STORE b:1")]
    [InlineData("GEORADIUS a:1 1 1 5 km STORE b:1")]
    [InlineData("GEORADIUS a:1 1 1 5 km STORE a:2 STORE b:1")]
    [InlineData("GEORADIUS a:1 1 1 5 km STOREDIST b:1 STORE a:2")]
    [InlineData("GEORADIUSBYMEMBER a:1 m 5 km STORE b:1")]
    [InlineData("GEOSEARCHSTORE a:1 b:1 FROMLONLAT 1 1 BYRADIUS 5 km")]
    [InlineData("BITOP AND a:d a:1 b:1")]
    [InlineData("RENAME a:1 b:1")]
    [InlineData("COPY a:1 b:1")]
    [InlineData("SMOVE a:1 b:1 m")]
    [InlineData("LMOVE a:1 b:1 LEFT LEFT")]
    [InlineData("ZUNIONSTORE a:d 2 a:1 b:1")]
    [InlineData("ZDIFF 2 a:1 b:1")]
    [InlineData("SINTERSTORE a:d a:1 b:1")]
    [InlineData("PFMERGE a:d b:1")]
    [InlineData("XREAD STREAMS a:1 b:1 0 0")]
    [InlineData("LCS a:1 b:1")]
    public void Keys_of_two_owners_cross_slots(string request)
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        Assert.Equal(CrossSlot, client.Ask(request));
        Assert.Empty(gateway.Shard("a").Log);
        Assert.Empty(gateway.Shard("b").Log);
    }

    [Theory]
    [InlineData("SORT b:1 STORE b:2")]
    [InlineData("SORT b:1 BY b:w* GET # STORE b:2 ALPHA")]
    [InlineData("GEORADIUS b:1 1 1 5 km STORE b:2 STOREDIST b:3")]
    [InlineData("OBJECT ENCODING b:1")]
    [InlineData("XGROUP CREATE b:1 g $")]
    [InlineData("XREADGROUP GROUP STREAMS STREAMS STREAMS b:1 >")]
    [InlineData("BITOP NOT b:1 b:2")]
    [InlineData("ZUNIONSTORE b:d 2 b:1 b:2 WEIGHTS 1 2")]
    [InlineData("MEMORY USAGE b:1")]
    [InlineData("SET b:1 a:1")]
    public void Keys_of_one_owner_go_there_as_they_came(string request)
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send(request);
        Assert.Equal([request], gateway.Shard("b").Waiting);
        Assert.Empty(gateway.Shard("a").Log);
    }

    [Theory]
    [InlineData("MGET", "mget")]
    [InlineData("DEL", "del")]
    [InlineData("GET", "get")]
    [InlineData("MSET", "mset")]
    [InlineData("MSET a:1", "mset")]
    [InlineData("SET a:1", "set")]
    [InlineData("GET a:1 a:2", "get")]
    [InlineData("OBJECT ENCODING", "object|encoding")]
    [InlineData("CONFIG GET", "config|get")]
    public void Wrong_arities_have_Rediss_words(string request, string name)
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        Assert.Equal($"-ERR wrong number of arguments for '{name}' command\r\n", client.Ask(request));
        Assert.Empty(gateway.Shard("a").Log);
    }

    [Fact]
    public void Odd_arguments_of_MSET_have_Rediss_words()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        Assert.Equal("-ERR wrong number of arguments for 'mset' command\r\n", client.Ask("MSET a:1 1 b:1"));
        client.SendRaw(TestClient.Encode("MSET", "a", "a", "a"));
        client.Received("-ERR wrong number of arguments for 'mset' command\r\n");
    }

    [Fact]
    public void Empty_keys_and_keys_of_64_KB_are_keys()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        gateway.Shard("a").Answer = _ => "$-1\r\n";
        TestClient client = gateway.Connect();
        client.SendRaw(TestClient.Encode("GET", ""));
        client.Received("$-1\r\n");
        client.SendRaw(TestClient.Encode("GET", new string('k', 65_536)));
        client.Received("$-1\r\n");
        client.SendRaw(TestClient.Encode("MGET", "", "", ""));
        client.Received("$-1\r\n");
        Assert.Equal(3, gateway.Shard("a").Log.Count);
    }

    [Fact]
    public void The_same_key_many_times_is_answered_many_times()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("MGET a:1 b:1 a:1 b:1 a:1");
        gateway.Shard("a").Reply("*3\r\n$1\r\n1\r\n$1\r\n1\r\n$1\r\n1\r\n");
        gateway.Shard("b").Reply("*2\r\n$1\r\n2\r\n$1\r\n2\r\n");
        client.Received("*5\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n1\r\n");
    }

    [Theory]
    [InlineData("SORT a:1 BY w_*", "BY")]
    [InlineData("SORT a:1 GET # GET w_* BY nosort", "GET")]
    [InlineData("SORT_RO a:1 LIMIT 0 5 BY w_*", "BY")]
    public void A_sort_by_keys_that_may_live_anywhere_is_refused_as_in_a_cluster(string request, string option)
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        Assert.Equal($"-ERR {option} option of SORT denied in Cluster mode.\r\n", client.Ask(request));
        Assert.Empty(gateway.Shard("a").Log);
    }

    [Fact]
    public void A_sort_by_other_keys_goes_on_where_all_keys_live_on_one_shard()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Send("SORT a:1 BY w_* GET x_*");
        Assert.Equal(["SORT a:1 BY w_* GET x_*"], gateway.Shard("a").Waiting);
    }
}
