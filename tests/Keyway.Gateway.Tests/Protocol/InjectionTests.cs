using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Protocol;

/// <summary>What a client makes up never becomes a line of its own: neither in a reply nor in the log.</summary>
public class InjectionTests
{
    [Theory]
    [InlineData("FOO\nBAR")]
    [InlineData("FOO\r\n+OK\r\n")]
    [InlineData("\u001b[31mred\u001b[0m")]
    [InlineData("FOO\0BAR")]
    public void A_made_up_name_stays_in_one_line(string name)
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.SendRaw(TestClient.Encode(name, "x\r\ny", "\n"));
        string reply = client.Take();
        Assert.StartsWith("-ERR unknown command '", reply);
        Assert.EndsWith("\r\n", reply);
        Assert.Equal(-1, reply[..^2].IndexOfAny(['\r', '\n']));
        client.SendRaw(TestClient.Encode("OBJECT", name, "a:1"));
        reply = client.Take();
        Assert.StartsWith("-ERR unknown subcommand '", reply);
        Assert.Equal(-1, reply[..^2].IndexOfAny(['\r', '\n']));
        Assert.All(gateway.Log.Lines, line => Assert.DoesNotContain(name, line));
    }

    [Fact]
    public void A_name_of_a_megabyte_is_cut()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.SendRaw(TestClient.Encode(new string('x', 1_000_000), new string('y', 100_000)));
        Assert.InRange(client.Take().Length, 100, 1000);
        Assert.Equal("+PONG\r\n", client.Ask("PING"));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a\r\nb")]
    [InlineData("a\nid=1 addr=")]
    [InlineData("\u001b[31m")]
    public void A_client_name_that_could_forge_a_line_is_refused(string name)
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.SendRaw(TestClient.Encode("CLIENT", "SETNAME", name));
        client.Received("-ERR Client names cannot contain spaces, newlines or special characters.\r\n");
        client.SendRaw(TestClient.Encode("HELLO", "2", "SETNAME", name));
        client.Received("-ERR Client names cannot contain spaces, newlines or special characters.\r\n");
        client.Send("CLIENT GETNAME");
        client.Received("$-1\r\n");
    }

    [Fact]
    public void Hello_quotes_a_made_up_option_in_one_line()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.SendRaw(TestClient.Encode("HELLO", "3", "x\r\n+OK"));
        string reply = client.Take();
        Assert.StartsWith("-ERR Syntax error in HELLO option 'x", reply);
        Assert.Equal(-1, reply[..^2].IndexOfAny(['\r', '\n']));
    }

    [Fact]
    public void The_prefix_of_a_crossing_key_is_logged_only_when_it_is_plain()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.SendRaw(TestClient.Encode("SUNION", "a:1", "x\r\nforged:1"));
        client.SendRaw(TestClient.Encode("SUNION", "x\u001b[31m:1", "a:1"));
        client.Take();
        Assert.All(gateway.Log.Lines, line => Assert.DoesNotContain("forged", line));
        Assert.All(gateway.Log.Lines, line => Assert.DoesNotContain("\u001b", line));
    }

    [Fact]
    public void A_shards_error_with_strange_bytes_reaches_its_client_as_it_is()
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        client.Send("MGET a:1 b:1");
        gateway.Shard("a").Reply("*1\r\n$-1\r\n");
        gateway.Shard("b").Reply("-ERR \u00ff\u001b odd\r\n");
        string reply = client.Take();
        Assert.StartsWith("-ERR shard 'b': ", reply);
        Assert.Equal(1, reply.Split("\r\n").Length - 1);
    }
}
