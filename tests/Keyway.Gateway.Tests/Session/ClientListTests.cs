using System.Text.RegularExpressions;
using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Session;

/// <summary>CLIENT LIST, INFO and KILL see the clients of all loops, as a Redis sees all of its own.</summary>
public sealed partial class ClientListTests
{
    private readonly TestGateway _gateway = TestGateway.With(["a", "b"], loops: 2);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void LIST_shows_every_client_by_its_number(int loops)
    {
        TestGateway gateway = TestGateway.With(["a"], loops: loops);
        TestClient first = gateway.Connect();
        TestClient second = gateway.Connect();
        TestClient third = gateway.Connect();
        second.Send("CLIENT SETNAME two", "CLIENT SETINFO lib-name redis-py", "CLIENT SETINFO LIB-VER 8.0", "SELECT 3", "HELLO 3");
        gateway.Shard("a").Answer = _ => "$-1\r\n";
        third.Send("GET a:1");

        string[] lines = Bulk(first.Ask("CLIENT LIST")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.Matches(Line(), line));
        Assert.Contains("cmd=client|list user=default redir=-1 resp=2", lines[0]);
        Assert.Contains(" name=two ", lines[1]);
        Assert.Contains(" db=3 ", lines[1]);
        Assert.EndsWith("cmd=hello user=default redir=-1 resp=3 lib-name=redis-py lib-ver=8.0", lines[1]);
        Assert.Contains(" cmd=get ", lines[2]);
        string[] ids = [.. lines.Select(line => line.Split(' ')[0])];
        Assert.Equal(ids.OrderBy(id => long.Parse(id[3..])), ids);
    }

    [Fact]
    public void LIST_takes_types_and_numbers()
    {
        TestClient client = _gateway.Connect();
        TestClient other = _gateway.Connect();
        string id = client.Ask("CLIENT ID").Trim(':', '\r', '\n');
        string otherId = other.Ask("CLIENT ID").Trim(':', '\r', '\n');
        Assert.Equal($"id={otherId} id={id} id={otherId}", Ids(client.Ask($"CLIENT LIST ID {otherId} {id} 999 {otherId}")));
        Assert.Equal($"id={id} id={otherId}", Ids(client.Ask("CLIENT LIST TYPE normal")));
        Assert.Equal("$0\r\n\r\n", client.Ask("CLIENT LIST TYPE master"));
        Assert.Equal("-ERR Unknown client type 'foo'\r\n", client.Ask("CLIENT LIST TYPE foo"));
        Assert.Equal("-ERR Invalid client ID\r\n", client.Ask("CLIENT LIST ID 1 x"));
        Assert.Equal("-ERR syntax error\r\n", client.Ask("CLIENT LIST TYPE"));
        Assert.Equal("-ERR syntax error\r\n", client.Ask("CLIENT LIST ID"));
    }

    [Fact]
    public void KILL_by_address_closes_that_client_and_says_OK()
    {
        TestClient killer = _gateway.Connect();
        TestClient victim = _gateway.Connect();
        string address = Regex.Match(victim.Ask("CLIENT INFO"), "addr=(\\S+)").Groups[1].Value;
        Assert.Equal("+OK\r\n", killer.Ask($"CLIENT KILL {address}"));
        Assert.True(victim.IsClosed);
        Assert.Equal("-ERR No such client\r\n", killer.Ask($"CLIENT KILL {address}"));
    }

    [Fact]
    public void KILL_by_filters_counts()
    {
        TestClient killer = _gateway.Connect();
        TestClient[] others = [.. Enumerable.Range(0, 4).Select(_ => _gateway.Connect())];
        string id = others[1].Ask("CLIENT ID").Trim(':', '\r', '\n');
        Assert.Equal(":1\r\n", killer.Ask($"CLIENT KILL ID {id}"));
        Assert.True(others[1].IsClosed);
        Assert.Equal(":0\r\n", killer.Ask("CLIENT KILL TYPE pubsub"));
        Assert.Equal(":0\r\n", killer.Ask("CLIENT KILL ADDR 1.2.3.4:5 USER default"));
        Assert.Equal(":3\r\n", killer.Ask("CLIENT KILL USER default"));
        Assert.All(others, other => Assert.True(other.IsClosed));
        Assert.Equal("+PONG\r\n", killer.Ask("PING"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Who_kills_itself_still_hears_of_it(int loops)
    {
        TestGateway gateway = TestGateway.With(["a"], loops: loops);
        TestClient client = gateway.Connect();
        client.Send("GET a:1", "CLIENT KILL TYPE normal SKIPME no", "PING");
        client.ReceivedNothing();
        gateway.Shard("a").Reply("$-1\r\n");
        client.Received("$-1\r\n:1\r\n");
        Assert.True(client.IsClosed);
    }

    [Theory]
    [InlineData("CLIENT KILL ID x", "ERR client-id should be greater than 0")]
    [InlineData("CLIENT KILL ID 0", "ERR client-id should be greater than 0")]
    [InlineData("CLIENT KILL TYPE foo", "ERR Unknown client type 'foo'")]
    [InlineData("CLIENT KILL USER foo", "ERR No such user 'foo'")]
    [InlineData("CLIENT KILL SKIPME x", "ERR syntax error")]
    [InlineData("CLIENT KILL FOO bar", "ERR syntax error")]
    [InlineData("CLIENT KILL ID 1 TYPE", "ERR syntax error")]
    [InlineData("CLIENT KILL 1.2.3.4:5", "ERR No such client")]
    [InlineData("CLIENT SETINFO foo bar", "ERR Unrecognized option 'foo'")]
    [InlineData("CLIENT SETINFO lib-name", "ERR wrong number of arguments for 'client|setinfo' command")]
    [InlineData("CLIENT MAINT_NOTIFICATIONS ON", "ERR unknown subcommand 'MAINT_NOTIFICATIONS'. Try CLIENT HELP.")]
    [InlineData("CLIENT NO-EVICT foo", "ERR syntax error")]
    public void Mistakes_get_Rediss_words(string request, string error) => Assert.Equal($"-{error}\r\n", _gateway.Connect().Ask(request));

    [Fact]
    public void INFO_is_the_clients_own_line()
    {
        TestClient client = _gateway.Connect();
        Assert.Matches(Line(), Bulk(client.Ask("CLIENT INFO")).TrimEnd('\n'));
        Assert.Equal("*6\r\n$5\r\nflags\r\n*1\r\n$3\r\noff\r\n$8\r\nredirect\r\n:-1\r\n$8\r\nprefixes\r\n*0\r\n", client.Ask("CLIENT TRACKINGINFO"));
        Assert.Equal(":-1\r\n", client.Ask("CLIENT GETREDIR"));
        client.Send("CLIENT NO-EVICT on");
        client.Take();
        Assert.Contains(" flags=e ", client.Ask("CLIENT INFO"));
    }

    private static string Bulk(string reply) => reply[(reply.IndexOf('\n') + 1)..^2];

    private static string Ids(string reply) => string.Join(' ', Bulk(reply).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]));

    [GeneratedRegex(@"^id=\d+ addr=\S+:\d+ laddr=\S+:\d+ fd=-?\d+ name=\S* age=\d+ idle=\d+ flags=\w+ db=\d+ sub=\d+ psub=\d+ ssub=\d+ multi=-?\d+ qbuf=\d+ qbuf-free=\d+ argv-mem=\d+ multi-mem=\d+ rbs=\d+ rbp=\d+ obl=\d+ oll=\d+ omem=\d+ tot-mem=\d+ events=\w+ cmd=\S+ user=\S+ redir=-1 resp=[23]( lib-name=\S+)?( lib-ver=\S+)?$")]
    private static partial Regex Line();
}
