using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Session;

/// <summary>SLOWLOG, KEYWAY SLOWLOG and LATENCY: what took long, and where the time went. CONFIG SET says what long is.</summary>
public sealed class SlowLogTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_slow_request_is_on_record_with_its_arguments(int loops)
    {
        TestGateway gateway = TestGateway.With(["a", "b"], loops: loops);
        TestClient slow = gateway.Connect();
        TestClient other = gateway.Connect();
        slow.Send("CLIENT SETNAME turtle", "GET a:fast");
        gateway.Shard("a").Reply("$-1\r\n");
        slow.Send("GET a:slow");
        gateway.Advance(50);
        gateway.Shard("a").Reply("$-1\r\n");
        slow.Take();

        Assert.Equal(":1\r\n", other.Ask("SLOWLOG LEN"));
        string log = other.Ask("SLOWLOG GET");
        Assert.Matches(@"^\*1\r\n\*6\r\n:0\r\n:\d+\r\n:5\d{4}\r\n\*2\r\n\$3\r\nGET\r\n\$6\r\na:slow\r\n\$\d+\r\n[0-9.:]+\r\n\$6\r\nturtle\r\n$", log);
        Assert.Equal("+OK\r\n", other.Ask("SLOWLOG RESET"));
        Assert.Equal(":0\r\n", slow.Ask("SLOWLOG LEN"));
    }

    [Fact]
    public void The_three_times_tell_waiting_here_queueing_behind_others_and_the_shard_apart()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        TestClient admin = gateway.Connect();
        admin.Send("CLIENT PAUSE 30 WRITE");
        client.Send("SET a:1 x");
        gateway.Advance(40);
        client.Send("GET a:2");
        gateway.Advance(20);
        gateway.Shard("a").Reply("+OK\r\n");
        gateway.Advance(40);
        gateway.Shard("a").Reply("$-1\r\n");
        admin.Take();

        string[] words = admin.Ask("KEYWAY SLOWLOG GET 5").Split("\r\n");
        long[] waited = After(words, "waited_usec");
        long[] queued = After(words, "queued_usec");
        long[] shard = After(words, "shard_usec");

        // The newest first: the GET queued behind the SET, which had waited for the end of the pause.
        Assert.Equal(2, waited.Length);
        Assert.InRange(waited[0], 0, 1000);
        Assert.InRange(queued[0], 15_000, 25_000);
        Assert.InRange(shard[0], 35_000, 45_000);
        Assert.InRange(waited[1], 25_000, 45_000);
        Assert.InRange(queued[1], 0, 1000);
        Assert.InRange(shard[1], 15_000, 35_000);
    }

    [Fact]
    public void Arguments_are_trimmed_as_Redis_trims_them()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        client.Send("SADD a:1 " + string.Join(' ', Enumerable.Range(0, 40)), "SET a:1 " + new string('x', 200));
        gateway.Advance(20);
        gateway.Shard("a").Reply(":40\r\n", "+OK\r\n");
        client.Take();
        string log = client.Ask("SLOWLOG GET -1");
        Assert.Contains("*32\r\n$4\r\nSADD\r\n", log);
        Assert.Contains("$2\r\n28\r\n$", log);
        Assert.DoesNotContain("$2\r\n29\r\n", log);
        Assert.Contains("... (11 more arguments)\r\n", log);
        Assert.Contains(new string('x', 128) + "... (72 more bytes)\r\n", log);
    }

    [Theory]
    [InlineData("SLOWLOG GET -2", "ERR count should be greater than or equal to -1")]
    [InlineData("SLOWLOG GET x", "ERR count should be greater than or equal to -1")]
    [InlineData("SLOWLOG GET 1 2", "ERR unknown subcommand or wrong number of arguments for 'GET'. Try SLOWLOG HELP.")]
    [InlineData("CONFIG SET maxclients x", "ERR CONFIG SET failed (possibly related to argument 'maxclients') - argument couldn't be parsed into an integer")]
    [InlineData("CONFIG SET maxclients 0", "ERR CONFIG SET failed (possibly related to argument 'maxclients') - argument must be between 1 and 4294967295 inclusive")]
    [InlineData("CONFIG SET maxclients 1 maxclients 2", "ERR CONFIG SET failed (possibly related to argument 'maxclients') - duplicate parameter")]
    [InlineData("CONFIG SET maxclients", "ERR wrong number of arguments for 'config|set' command")]
    [InlineData("CONFIG SET timeout 1 dir /tmp", "ERR command 'config set' is refused by this gateway")]
    [InlineData("CONFIG SET slowlog-log-slower-than -2", "ERR CONFIG SET failed (possibly related to argument 'slowlog-log-slower-than') - argument must be between -1 and 9223372036854775807 inclusive")]
    [InlineData("KEYWAY FOO", "ERR unknown subcommand or wrong number of arguments for 'FOO'. Try KEYWAY HELP.")]
    [InlineData("KEYWAY", "ERR wrong number of arguments for 'keyway' command")]
    public void Mistakes_get_words(string request, string error) => Assert.Equal($"-{error}\r\n", TestGateway.WithShards("a").Connect().Ask(request));

    [Fact]
    public void CONFIG_SET_changes_what_slow_is_on_all_loops_and_how_much_is_kept()
    {
        TestGateway gateway = TestGateway.With(["a"], loops: 2);
        gateway.Shard("a").Answer = _ => "$-1\r\n";
        TestClient one = gateway.Connect();
        TestClient two = gateway.Connect();
        Assert.Equal("+OK\r\n", one.Ask("CONFIG SET slowlog-log-slower-than 0 slowlog-max-len 3"));
        Assert.Equal("*4\r\n$22\r\nslowlog-log-slower-than\r\n$1\r\n0\r\n$15\r\nslowlog-max-len\r\n$1\r\n3\r\n".Replace("$22", "$23"), two.Ask("CONFIG GET slowlog*"));
        for (int i = 0; i < 4; i++) one.Send($"GET a:{i}");
        for (int i = 4; i < 8; i++) two.Send($"GET a:{i}");
        one.Take();
        two.Take();
        Assert.Equal(":3\r\n", one.Ask("SLOWLOG LEN"));
        Assert.Contains("a:7", one.Ask("SLOWLOG GET 1"));
        Assert.Equal("+OK\r\n", one.Ask("CONFIG SET slowlog-log-slower-than -1"));
        one.Send("SLOWLOG RESET", "GET a:9");
        one.Take();
        Assert.Equal(":0\r\n", one.Ask("SLOWLOG LEN"));
    }

    [Fact]
    public void CONFIG_SET_maxclients_and_timeout_hold_at_once()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        Assert.Equal("+OK\r\n+OK\r\n", client.Ask("CONFIG SET maxclients 1") + client.Ask("CONFIG SET timeout 2"));
        Assert.Equal("-ERR max number of clients reached\r\n", gateway.Connect().Take());
        Assert.Contains("maxclients:1\r\n", client.Ask("INFO clients"));
        gateway.Advance(3100);
        Assert.True(client.IsClosed);
    }

    [Fact]
    public void LATENCY_keeps_the_worst_of_each_second()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        Assert.Equal("*0\r\n", client.Ask("LATENCY LATEST"));
        Assert.Equal("+OK\r\n", client.Ask("CONFIG SET latency-monitor-threshold 10"));
        foreach (int wait in new[] { 20, 50, 5 })
        {
            client.Send("GET a:1");
            gateway.Advance(wait);
            gateway.Shard("a").Reply("$-1\r\n");
        }
        client.Take();
        Assert.Matches(@"^\*1\r\n\*4\r\n\$7\r\ncommand\r\n:\d+\r\n:\d+\r\n:50\r\n$", client.Ask("LATENCY LATEST"));
        Assert.StartsWith("*", client.Ask("LATENCY HISTORY command"));
        Assert.Equal("*0\r\n", client.Ask("LATENCY HISTORY nosuch"));
        Assert.Contains("the worst of 50 ms", client.Ask("LATENCY DOCTOR"));
        Assert.Equal(":0\r\n", client.Ask("LATENCY RESET nosuch"));
        Assert.Equal(":1\r\n", client.Ask("LATENCY RESET"));
        Assert.Equal("*0\r\n", client.Ask("LATENCY LATEST"));
    }

    [Fact]
    public void LATENCY_HISTOGRAM_counts_calls_by_command()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        gateway.Shard("a").Answer = _ => "$-1\r\n";
        TestClient client = gateway.Connect();
        client.Send("GET a:1", "GET a:2", "STRLEN a:1");
        client.Take();
        Assert.StartsWith("*2\r\n$3\r\nget\r\n*4\r\n$5\r\ncalls\r\n:2\r\n$14\r\nhistogram_usec\r\n*2\r\n:50\r\n:2\r\n", client.Ask("LATENCY HISTOGRAM get nosuch"));
        Assert.Equal("*0\r\n", client.Ask("LATENCY HISTOGRAM del"));
    }

    [Fact]
    public void RESETSTAT_begins_INFO_anew_and_takes_nothing_from_metrics()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        gateway.Shard("a").Answer = _ => "$-1\r\n";
        TestClient client = gateway.Connect();
        client.Send("GET a:1", "GET a:2", "NOSUCH");
        client.Take();
        Assert.Contains("cmdstat_get:calls=2,", client.Ask("INFO commandstats"));
        Assert.Equal("+OK\r\n", client.Ask("CONFIG RESETSTAT"));
        Assert.Contains("total_connections_received:0\r\n", client.Ask("INFO stats"));
        Assert.DoesNotContain("cmdstat_get:calls=2", client.Ask("INFO commandstats"));
        Assert.Equal(2, gateway.Server.Snapshot().Pools[0].Commands.Single(command => command.Name == "get").Counters.Ok);
    }

    private static long[] After(string[] words, string name) =>
        [.. words.Select((word, i) => (word, i)).Where(one => one.word == name).Select(one => long.Parse(words[one.i + 1].TrimStart(':')))];
}
