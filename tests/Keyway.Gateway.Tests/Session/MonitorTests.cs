using System.Text.RegularExpressions;
using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Session;

/// <summary>MONITOR shows what clients ask of the gateway, on all loops, in Redis's lines.</summary>
public sealed class MonitorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_loops_requests_are_shown(int loops)
    {
        TestGateway gateway = TestGateway.With(["a", "b"], loops: loops);
        foreach (string shard in new[] { "a", "b" }) gateway.Shard(shard).Answer = _ => "+OK\r\n";
        TestClient monitor = gateway.Connect();
        TestClient one = gateway.Connect();
        TestClient two = gateway.Connect();
        one.Send("GET a:before");
        Assert.Equal("+OK\r\n", monitor.Ask("MONITOR"));

        one.Send("SET a:1 x");
        two.Send("SELECT 3", "MSET a:1 x b:1 y", "PING");

        string[] lines = monitor.Take().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Matches(@"^\+\d+\.\d{6} \[\d+ [0-9.]+:\d+\] "".*""$", line));
        Assert.Equal(["\"SET\" \"a:1\" \"x\"", "\"SELECT\" \"3\"", "\"MSET\" \"a:1\" \"x\" \"b:1\" \"y\"", "\"PING\""],
            lines.Select(line => Regex.Replace(line, @"^.*?\] ", "")));
        Assert.Contains(" flags=O ", two.Ask("CLIENT LIST"));
    }

    [Fact]
    public void Passwords_are_not_shown_nor_what_administrators_do_nor_what_is_refused()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient monitor = gateway.Connect();
        monitor.Send("MONITOR");
        TestClient client = gateway.Connect();
        client.Send("AUTH x", "AUTH default y", "HELLO 3 AUTH default z SETNAME q", "CONFIG GET x", "CLIENT LIST", "NOSUCH", "GET", "QUIT");
        string[] lines = monitor.Take().Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[1..];
        Assert.Equal(["\"AUTH\" \"(redacted)\"", "\"AUTH\" \"(redacted)\" \"(redacted)\"", "\"HELLO\" \"3\" \"AUTH\" \"(redacted)\" \"(redacted)\" \"SETNAME\" \"q\"", "\"QUIT\""],
            lines.Select(line => Regex.Replace(line, @"^.*?\] ", "")));
    }

    [Fact]
    public void What_does_not_print_is_escaped_as_Redis_escapes_it()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient monitor = gateway.Connect();
        monitor.Send("MONITOR");
        gateway.Connect().SendRaw(TestClient.Encode("ECHO", "a\0\r\n\"\\\u00ff\t\u0007\b "));
        Assert.EndsWith("] \"ECHO\" \"a\\x00\\r\\n\\\"\\\\\\xff\\t\\a\\b \"\r\n", monitor.Take());
    }

    [Fact]
    public void A_monitor_may_talk_but_not_touch_keys_and_RESET_ends_it()
    {
        TestGateway gateway = TestGateway.With(["a"], loops: 2);
        gateway.Shard("a").Answer = _ => "+a\r\n";
        TestClient monitor = gateway.Connect();
        TestClient other = gateway.Connect();
        monitor.Send("MONITOR", "MONITOR");
        monitor.Received("+OK\r\n");
        Assert.Matches("^\\+PONG\r\n\\+.*\"PING\"\r\n$|^\\+.*\"PING\"\r\n\\+PONG\r\n$", monitor.Ask("PING"));
        Assert.Equal("-ERR Replica can't interact with the keyspace\r\n", monitor.Ask("GET a:1"));
        monitor.Send("RESET");
        Assert.EndsWith("+RESET\r\n", monitor.Take());
        other.Send("PING");
        monitor.ReceivedNothing();
        Assert.Equal("+a\r\n", monitor.Ask("GET a:1"));
        Assert.All(gateway.Server.Loops, loop => Assert.False(loop.Monitors.IsOn));
    }

    [Fact]
    public void A_monitor_that_leaves_puts_everybody_back_on_the_straight_road()
    {
        TestGateway gateway = TestGateway.With(["a"], loops: 2);
        TestClient monitor = gateway.Connect();
        gateway.Connect();
        monitor.Send("MONITOR");
        Assert.All(gateway.Server.Loops.SelectMany(loop => loop.Sessions), session => Assert.NotEqual(Sessions.SessionModes.None, session.State.Modes));
        monitor.Peer.Abort();
        gateway.Settle();
        Assert.All(gateway.Server.Loops.SelectMany(loop => loop.Sessions), session => Assert.Equal(Sessions.SessionModes.None, session.State.Modes));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_monitor_that_does_not_read_is_cut_by_its_limit(int loops)
    {
        TestGateway gateway = TestGateway.With(["a"], options => options with { Pools = [options.Pools[0] with { MaxCollected = 256 * 1024 }] }, loops: loops);
        TestClient monitor = gateway.Connect();
        TestClient other = gateway.Connect();
        monitor.Send("MONITOR");
        monitor.Peer.StopReading();
        string message = new('x', 10_000);
        for (int i = 0; i < 200; i++)
        {
            other.Send("ECHO " + message);
            other.Take();
        }
        Assert.Equal(1, gateway.Server.ClientCount);
        Assert.Equal("+PONG\r\n", other.Ask("PING"));
    }
}
