using System.Net;
using System.Text;
using Keyway.Platform;
using Keyway.Platform.Simulation;
using Keyway.Shard.Configuration;
using Keyway.Testing.RealServers;
using Microsoft.Extensions.Logging;

namespace Keyway.Shard.Tests.Sessions;

public sealed class ServerTests
{
    [Fact]
    public void A_flush_in_slices_gives_its_memory_back_while_others_are_served()
    {
        using var shard = new TestShard("--save", "", "--enable-debug-command", "yes");
        SimulatedPeer peer = shard.Connect();
        shard.Call(peer, "DEBUG POPULATE 20000 key 100");
        long full = shard.Server.Databases.Memory.UsedBytes;
        Assert.Equal("+OK\r\n", shard.Call(peer, "FLUSHALL ASYNC"));
        Assert.Equal(":0\r\n", shard.Call(peer, "DBSIZE"));
        Assert.Equal("+OK\r\n", shard.Call(peer, "SET a 1"));
        shard.Network.Advance(TimeSpan.FromMilliseconds(100));

        Assert.True(shard.Server.Databases.Memory.UsedBytes < full / 100);
        Assert.Equal("$1\r\n1\r\n", shard.Call(peer, "GET a"));
    }

    [Fact]
    public void Keys_that_expire_all_at_once_go_in_slices_until_none_is_left()
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();
        for (int i = 0; i < 10_000; i += 100) shard.Send(peer, string.Concat(Enumerable.Range(i, 100).Select(n => $"SET k{n} v PX 500\r\n")));
        Assert.Equal(":10000\r\n", shard.Call(peer, "DBSIZE"));
        shard.Network.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(":0\r\n", shard.Call(peer, "DBSIZE"));
        Assert.Contains("expired_keys:10000\r\n", shard.Call(peer, "INFO stats"), StringComparison.Ordinal);
    }

    [Fact]
    public void Writes_that_need_memory_are_refused_above_the_limit_and_others_are_not()
    {
        using var shard = new TestShard("--maxmemory", "1mb");
        SimulatedPeer peer = shard.Connect();
        Assert.Equal(":1000000\r\n", shard.Call(peer, "SETRANGE big 999999 x"));

        Assert.Equal("-OOM command not allowed when used memory > 'maxmemory'.\r\n", shard.Call(peer, "SET a 1"));
        Assert.Equal(":1000000\r\n", shard.Call(peer, "STRLEN big"));
        Assert.Equal(":1\r\n", shard.Call(peer, "DEL big"));
        Assert.Equal("+OK\r\n", shard.Call(peer, "SET a 1"));
    }

    [Fact]
    public void Info_has_what_clients_and_exporters_read()
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();
        shard.Send(peer, "SET a 1 EX 100\r\nGET a\r\nGET b\r\nGET\r\nINCRBY a x\r\nSELECT 3\r\nSET b 1\r\n");
        string info = shard.Call(peer, "INFO everything");

        foreach (string field in (string[])
        [
            "redis_version:7.0.15", "redis_mode:standalone", "loading:0", "role:master", "maxmemory_policy:noeviction", "connected_clients:1", "blocked_clients:0",
            "keyspace_hits:1", "keyspace_misses:1", "db0:keys=1,expires=1,avg_ttl=", "db3:keys=1,expires=0,avg_ttl=0", "cmdstat_get:calls=2,", "rejected_calls=1", "failed_calls=1",
            "errorstat_ERR:count=2", "cluster_enabled:0", "total_commands_processed:6", "run_id:", "used_memory:", "used_cpu_sys:", "tcp_port:6379", "connected_slaves:0", "master_replid:",
        ])
            Assert.Contains(field, info, StringComparison.Ordinal);

        foreach (string section in (string[])["server", "clients", "memory", "persistence", "stats", "replication", "cpu", "modules", "commandstats", "errorstats", "cluster", "keyspace"])
        {
            string only = shard.Call(peer, $"INFO {section.ToUpperInvariant()}");
            Assert.Contains($"\r\n# {section}\r\n", only, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(1, only.Split("# ").Length - 1);
        }

        Assert.DoesNotContain("# Commandstats", shard.Call(peer, "INFO"), StringComparison.Ordinal);
        Assert.Equal("$0\r\n\r\n", shard.Call(peer, "INFO nosuch"));
    }

    [Fact]
    public void Time_stands_still_within_a_batch_and_follows_the_clock_between_them()
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();
        shard.Call(peer, "SET a 1 PX 1000");

        Assert.Equal(":1000\r\n", shard.Call(peer, "PTTL a"));
        shard.Network.Advance(TimeSpan.FromMilliseconds(400));
        Assert.Equal(":600\r\n", shard.Call(peer, "PTTL a"));
        Assert.Equal(":1\r\n", shard.Call(peer, "TTL a"));
        shard.Network.Advance(TimeSpan.FromMilliseconds(601));
        Assert.Equal("$-1\r\n", shard.Call(peer, "GET a"));
    }

    [Fact]
    public void Idle_time_and_frequency_follow_the_use()
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();
        shard.Call(peer, "SET a abc");
        shard.Network.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(":30\r\n", shard.Call(peer, "OBJECT IDLETIME a"));
        shard.Call(peer, "TTL a");
        Assert.Equal(":30\r\n", shard.Call(peer, "OBJECT IDLETIME a"));
        shard.Call(peer, "GET a");
        Assert.Equal(":0\r\n", shard.Call(peer, "OBJECT IDLETIME a"));

        shard.Call(peer, "CONFIG SET maxmemory-policy allkeys-lfu lfu-log-factor 0");
        shard.Call(peer, "SET b abc");
        for (int i = 0; i < 10; i++) shard.Call(peer, "GET b");
        Assert.Equal(":15\r\n", shard.Call(peer, "OBJECT FREQ b"));
        shard.Network.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(":11\r\n", shard.Call(peer, "OBJECT FREQ b"));
    }

    [Fact]
    public void Scan_through_the_wire_meets_every_key_and_filters()
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();
        for (int i = 0; i < 500; i++) shard.Call(peer, $"SET {(i % 5 == 0 ? "five" : "key")}:{i} v");

        Assert.Equal(500, ScanAll(shard, peer, "COUNT 7").Distinct().Count());
        Assert.Equal(100, ScanAll(shard, peer, "MATCH five:* COUNT 1000").Distinct().Count());
        Assert.Equal(500, ScanAll(shard, peer, "TYPE string").Distinct().Count());
        Assert.Empty(ScanAll(shard, peer, "TYPE list"));
    }

    [Fact]
    public void A_pattern_of_stars_takes_no_time()
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();
        shard.Call(peer, $"SET {new string('a', 65_536)} v");

        // Exponential matchers never come back from this.
        Assert.Equal("*0\r\n", shard.Call(peer, $"KEYS {string.Concat(Enumerable.Repeat("a*", 32))}b"));
        Assert.Equal("*0\r\n", shard.Call(peer, $"KEYS {new string('*', 100_000)}b"));
        Assert.Equal("*0\r\n", shard.Call(peer, $"KEYS {new string('[', 1000)}"));
    }

    [Fact]
    public void Reading_and_writing_a_string_allocates_nothing()
    {
        // On a busy machine any call may be slow, and what is slow is remembered.
        using var shard = new TestShard("--slowlog-log-slower-than", "-1");
        shard.Connect();
        ClientSession client = shard.Server.FirstClient!;
        byte[][] requests = [.. ((string[])["SET key value", "GET key", "INCR number", "SET key value EX 100", "DEL key", "EXISTS key", "MGET key number", "PING"]).Select(line => Encoding.ASCII.GetBytes(TestShard.Encode(line)))];
        var reader = new Keyway.Protocol.RequestReader();
        for (int round = 0; round < 2; round++)
        {
            // The first round warms up: buffers, slabs and code.
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 2_000; i++)
            {
                foreach (byte[] request in requests)
                {
                    reader.Read(request);
                    shard.Server.Dispatcher.Execute(client, reader.Arguments(request), client.Reply);
                }

                client.Reply.Clear();
            }

            if (round == 1) Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }

    [Theory]
    [InlineData("*1\r\n$8\r\nFOO\r\nBAR\r\n", "-ERR unknown command 'FOO  BAR', with args beginning with: \r\n")]
    [InlineData("*2\r\n$3\r\nGET\r\n$0\r\n\r\n", "$-1\r\n")]
    [InlineData("MSET a\r\n", "-ERR wrong number of arguments for 'mset' command\r\n")]
    [InlineData("MSET a 1 b\r\n", "-ERR wrong number of arguments for 'mset' command\r\n")]
    [InlineData("MGET\r\n", "-ERR wrong number of arguments for 'mget' command\r\n")]
    [InlineData("DEL\r\n", "-ERR wrong number of arguments for 'del' command\r\n")]
    [InlineData("get \r\n", "-ERR wrong number of arguments for 'get' command\r\n")]
    [InlineData("*3\r\n$6\r\nCONFIG\r\n$3\r\nA\r\n\r\n$1\r\nx\r\n", "-ERR unknown subcommand 'A  '. Try CONFIG HELP.\r\n")]
    public void What_a_client_made_up_cannot_break_the_reply(string request, string reply)
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();

        Assert.Equal(reply, shard.Send(peer, request));
        Assert.Equal("+PONG\r\n", shard.Call(peer, "PING"));
    }

    [Fact]
    public void Shutdown_asks_whoever_hosts_the_server()
    {
        using var shard = new TestShard();
        shard.Call(shard.Connect(), "SHUTDOWN NOSAVE");

        Assert.Equal(1, shard.ShutdownsAsked);
    }

    [Fact]
    public void The_log_says_what_others_wait_for_and_what_has_no_effect()
    {
        var log = new ListLogger();
        var network = new SimulatedNetwork(1);
        var server = new ShardServer(network.CreateLoop(), ShardOptions.FromLines(["activerehashing yes", "activerehashing yes", "maxmemory 1", "maxmemory-policy allkeys-lru"]), log);
        server.Listen(new IPEndPoint(IPAddress.Loopback, 1));
        server.Stop();

        Assert.Single(log.Lines, line => line.Contains("'activerehashing'", StringComparison.Ordinal));
        Assert.Single(log.Lines, line => line.Contains("allkeys-lru", StringComparison.Ordinal));
        Assert.Contains("Server initialized", log.Lines);
        Assert.Contains("Ready to accept connections", log.Lines);
    }

    [Fact]
    public async Task Serves_over_an_in_process_endpoint_and_a_unix_socket_at_once()
    {
        using var loop = EventLoops.Create(TimeProvider.System);
        var server = new ShardServer(loop, ShardOptions.Default, new ListLogger());
        string path = Path.Combine(Path.GetTempPath(), $"keyway-{Guid.NewGuid():N}.sock");
        var inside = new InProcessEndPoint("shard");
        server.Listen(new System.Net.Sockets.UnixDomainSocketEndPoint(path));
        server.Listen(inside);
        var handler = new Collector();
        loop.Post(() => loop.Connect(inside, handler));
        var thread = new Thread(() =>
        {
            loop.Run();
            server.Stop();
        });
        thread.Start();
        using (RespClient client = RespClient.Connect(new System.Net.Sockets.UnixDomainSocketEndPoint(path)))
        {
            Assert.Equal("+PONG\r\n", await handler.Answer.Task.WaitAsync(TimeSpan.FromSeconds(20)));
            Assert.Equal("OK", client.Call("SET", "a", "1").Text);
            Assert.Equal("2", client.Call("INCR", "a").Text);
            Assert.Contains($"laddr={path}:0", client.Call("CLIENT", "INFO").Text, StringComparison.Ordinal);
            Assert.Contains("addr=in-process:shard:0 laddr=in-process:shard:0", client.Call("CLIENT", "LIST").Text, StringComparison.Ordinal);
        }

        loop.Stop();
        thread.Join();
    }

    private static List<string> ScanAll(TestShard shard, SimulatedPeer peer, string options)
    {
        var keys = new List<string>();
        string cursor = "0";
        do
        {
            RespValue reply = RespValue.Parse(Encoding.Latin1.GetBytes(shard.Call(peer, $"SCAN {cursor} {options}")));
            keys.AddRange(reply[1].Texts);
            cursor = reply[0].Text;
        }
        while (cursor != "0");
        return keys;
    }

    private sealed class Collector : ConnectionHandler
    {
        public TaskCompletionSource<string> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);   // not on the loop

        public override void OnConnected() => Connection.Send("PING\r\n"u8);

        public override void OnReceived(ReadOnlySpan<byte> bytes) => Answer.TrySetResult(Encoding.ASCII.GetString(bytes));

        public override void OnClosed(Exception? error) => Answer.TrySetResult($"closed {error}");
    }
}
