using Keyway.Gateway.Local;
using Keyway.Gateway.Tests.Harness;
using Keyway.Protocol.Commands;
using Keyway.Testing.RealServers;

namespace Keyway.Gateway.Tests.Local;

/// <summary>What clients and tools ask at connect, answered so that they go on.</summary>
public class ConnectCommandTests
{
    [Theory]
    [InlineData("INFO")]
    [InlineData("INFO server replication memory persistence")]
    [InlineData("info ALL")]
    [InlineData("INFO everything")]
    public void INFO_has_what_clients_look_for(string request)
    {
        string info = Ask(request).Text;
        foreach (string line in new[] { "redis_version:7.0.15", "redis_mode:standalone", "loading:0", "role:master", "maxmemory_policy:noeviction" }) Assert.Contains(line + "\r\n", info);
        Assert.Contains("\r\nos:", info);
        Assert.StartsWith("# Server\r\n", info);
    }

    [Fact]
    public void INFO_of_one_section_is_that_section()
    {
        Assert.StartsWith("# Replication\r\nrole:master\r\n", Ask("INFO replication").Text);
        Assert.Equal("", Ask("INFO nosuch").Text);
        Assert.Equal('=', RespValue.Parse(System.Text.Encoding.Latin1.GetBytes(AskRaw("HELLO 3", "INFO server"))).Kind);
    }

    [Theory]
    [InlineData("CONFIG GET save", "save=")]
    [InlineData("CONFIG GET appendonly", "appendonly=no")]
    [InlineData("CONFIG GET replica-read-only", "replica-read-only=yes")]
    [InlineData("CONFIG GET databases", "databases=16")]
    [InlineData("CONFIG GET MaxMemory*", "maxmemory=0 maxmemory-policy=noeviction")]
    [InlineData("CONFIG GET nosuch", "")]
    [InlineData("CONFIG GET databases save", "databases=16 save=")]
    public void CONFIG_GET_tells_what_is_true_of_the_gateway(string request, string expected)
    {
        string[] texts = Ask(request).Texts;
        Assert.Equal(expected, string.Join(' ', texts.Chunk(2).Select(pair => $"{pair[0]}={pair[1]}")));
    }

    [Fact]
    public void COMMAND_lists_what_is_served()
    {
        long count = Ask("COMMAND COUNT").Integer;
        Assert.Equal(count, Ask("COMMAND").Count);
        Assert.Equal(count, Ask("COMMAND LIST").Texts.Count(name => !name.Contains('|')));
        Assert.InRange(count, 100, 240);
        string[] names = Ask("COMMAND LIST").Texts;
        Assert.Contains("get", names);
        Assert.DoesNotContain("shutdown", names);
        Assert.Contains("multi", names);
        RespValue info = Ask("COMMAND INFO get nosuch");
        Assert.Equal("get", info[0][0].Text);
        Assert.Equal(2, info[0][1].Integer);
        Assert.True(info[1].IsNull);
        Assert.Equal("get", Ask("COMMAND DOCS get").Texts[0]);
        Assert.Equal(["a", "b"], Ask("COMMAND GETKEYS MSET a 1 b 2").Texts);
    }

    [Fact]
    public void CLIENT_answers_about_this_connection()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient first = gateway.Connect();
        TestClient second = gateway.Connect();
        Assert.NotEqual(first.Ask("CLIENT ID"), second.Ask("CLIENT ID"));
        Assert.Equal("$-1\r\n", first.Ask("CLIENT GETNAME"));
        Assert.Equal("+OK\r\n", first.Ask("CLIENT SETNAME worker-1"));
        Assert.Equal("$8\r\nworker-1\r\n", first.Ask("CLIENT GETNAME"));
        Assert.Contains(" name=worker-1 ", first.Ask("CLIENT INFO"));
        Assert.Equal("+OK\r\n", first.Ask("CLIENT NO-EVICT ON"));
        Assert.Equal("+OK\r\n", first.Ask("CLIENT SETINFO LIB-NAME x"));
        Assert.StartsWith("-ERR unknown subcommand 'MAINT_NOTIFICATIONS'", first.Ask("CLIENT MAINT_NOTIFICATIONS ON"));
        Assert.Equal("+PONG\r\n", first.Ask("PING"));
    }

    [Fact]
    public void Small_talk_is_answered()
    {
        Assert.Equal("+PONG\r\n", AskRaw("PING"));
        Assert.Equal("$2\r\nhi\r\n", AskRaw("PING hi"));
        Assert.Equal("$2\r\nhi\r\n", AskRaw("ECHO hi"));
        Assert.Equal("-ERR wrong number of arguments for 'ping' command\r\n", AskRaw("PING a b"));
        Assert.Equal("*0\r\n", AskRaw("MODULE LIST"));
        Assert.Equal("*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n", AskRaw("ROLE"));
        Assert.Equal("+OK\r\n", AskRaw("READONLY"));
        RespValue time = Ask("TIME");
        Assert.Equal("1767225600", time[0].Text);
        Assert.Equal(2, time.Count);
    }

    [Fact]
    public void The_bytes_that_clients_echo_to_find_their_place_come_back_as_they_are()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        string raw = string.Concat(Enumerable.Range(0, 256).Select(i => (char)i));
        client.SendRaw(TestClient.Encode("ECHO", raw));
        client.Received($"$256\r\n{raw}\r\n");
    }

    [Fact]
    public void Every_local_name_is_in_the_table()
    {
        foreach (string name in LocalCommands.Names) Assert.Contains(CommandTable.All, command => command.Name == name);
    }

    [Fact]
    public void A_pipelined_handshake_is_answered_in_order()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        gateway.Shard("a").Answer = _ => "$1\r\nv\r\n";
        TestClient client = gateway.Connect();
        client.SendRaw(TestClient.Encode("HELLO", "3") + TestClient.Encode("CLIENT", "SETINFO", "LIB-NAME", "x") + TestClient.Encode("CLIENT", "SETINFO", "LIB-VER", "1")
            + TestClient.Encode("SELECT", "0") + TestClient.Encode("GET", "a:1"));
        string received = client.Take();
        Assert.StartsWith("%7\r\n", received);
        Assert.EndsWith("+OK\r\n+OK\r\n+OK\r\n$1\r\nv\r\n", received);
    }

    [Fact]
    public void Answers_of_ours_behind_a_slow_shard_are_bounded_like_any_other()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Send("GET a:1");
        string docs = TestClient.Encode("COMMAND", "DOCS");
        client.TrySendRaw(string.Concat(Enumerable.Repeat(docs, 900)));
        long held = gateway.Server.Loops[0].Sessions.Single().OutputBytes;
        Assert.InRange(held, 1, 4 << 20);
        int answered = gateway.Server.Loops[0].Sessions.Single().RequestsInFlight;
        Assert.InRange(answered, 2, 40);
        gateway.Shard("a").Reply("$1\r\n1\r\n");
        int replies = 0;
        Keyway.Protocol.ReplyScanner scanner = default;
        byte[] received = System.Text.Encoding.Latin1.GetBytes(client.Take());
        for (int at = 0; at < received.Length; at += Next(ref scanner, received, at)) replies++;
        Assert.Equal(901, replies);
    }

    private static int Next(ref Keyway.Protocol.ReplyScanner scanner, byte[] bytes, int at)
    {
        Assert.Equal(Keyway.Protocol.ReplyStatus.Complete, scanner.Scan(bytes.AsSpan(at), out int consumed));
        return consumed;
    }

    private static RespValue Ask(string request) => RespValue.Parse(System.Text.Encoding.Latin1.GetBytes(AskRaw(request)));

    private static string AskRaw(params string[] requests)
    {
        TestClient client = TestGateway.WithShards("a", "b").Connect();
        string reply = "";
        foreach (string request in requests) reply = client.Ask(request);
        return reply;
    }
}
