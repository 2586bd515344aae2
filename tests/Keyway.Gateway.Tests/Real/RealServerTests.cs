using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Keyway.Testing.RealServers;
using Keyway.Topology;

namespace Keyway.Gateway.Tests.Real;

/// <summary>Two real redis-servers behind a gateway on real sockets, over each transport.</summary>
public sealed partial class RealServerTests
{
    private const int SigCont = 18;
    private const int SigStop = 19;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Transports => OperatingSystem.IsLinux() ? ["epoll", "sockets"] : ["sockets"];

    private static PartitionRule[] SlotRules =>
        [new() { Name = "rest", Line = 1, Placement = new Placement.Slots([new SlotRange(0, 8191, 0), new SlotRange(8192, 16383, 1)]) }];

    private static PartitionRule[] RangeRules =>
    [
        new() { Name = "user:", Prefix = "user:"u8.ToArray(), Line = 1, Placement = new Placement.Number([new NumberRange(null, "999", 0), new NumberRange("1000", null, 1)]), Otherwise = Otherwise.Next },
        new() { Name = "rest", Line = 2, Placement = new Placement.Text([new TextRange(null, "m"u8.ToArray(), 1), new TextRange("m"u8.ToArray(), null, 0)]) },
    ];

    [Theory]
    [MemberData(nameof(Transports))]
    public void Every_key_is_where_the_map_says_by_slots_and_by_ranges(string transport)
    {
        foreach (PartitionRule[] rules in new[] { SlotRules, RangeRules })
        {
            using Pair pair = new(transport, rules);
            string[] keys = [.. Enumerable.Range(0, 2000).Select(i => (i % 4) switch { 0 => $"user:{i}", 1 => $"user:{{{i}}}:cart", 2 => $"key{i}", _ => $"{(char)('a' + i % 26)}{{tag{i}}}" })];
            using RespClient client = pair.Gateway.Connect();
            foreach (string[] chunk in keys.Chunk(500))
            {
                client.SendRaw(string.Concat(chunk.Select(key => Encoding.Latin1.GetString(RespClient.Encode("SET", key, "value of " + key)))));
                foreach (string _ in chunk) Assert.Equal("OK", client.ReadReply().Text);
            }
            using RespClient first = pair.Servers[0].Connect();
            using RespClient second = pair.Servers[1].Connect();
            foreach (string key in keys)
            {
                int owner = pair.Gateway.Map.Find(Encoding.Latin1.GetBytes(key)).Shard;
                Assert.Equal("value of " + key, (owner == 0 ? first : second).Call("GET", key).Text);
            }
            long there = first.Call("DBSIZE").Integer;
            long here = second.Call("DBSIZE").Integer;
            Assert.Equal(keys.Distinct().Count(), there + here);
            Assert.InRange(Math.Min(there, here), 100, keys.Length);
            Assert.Equal(there + here, client.Call("DBSIZE").Integer);
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public void Requests_of_many_keys_are_split_and_put_together(string transport)
    {
        using Pair pair = new(transport, SlotRules);
        using RespClient client = pair.Gateway.Connect();
        string[] keys = [.. Enumerable.Range(0, 300).Select(i => $"key{i}")];
        Assert.Equal("OK", client.Call(["MSET", .. keys.SelectMany(key => new[] { key, "v" + key })]).Text);
        Assert.Equal(keys.Select(key => "v" + key), client.Call(["MGET", .. keys]).Texts);
        Assert.Equal(300, client.Call(["EXISTS", .. keys]).Integer);
        Assert.Equal(300, client.Call(["TOUCH", .. keys]).Integer);
        Assert.Equal(100, client.Call(["DEL", .. keys[..100]]).Integer);
        Assert.Equal(200, client.Call(["UNLINK", .. keys]).Integer);
        Assert.Equal(300, client.Call(["MGET", .. keys]).Items.Count(item => item.IsNull));
        Assert.StartsWith("CROSSSLOT ", client.Call(["SUNION", .. keys]).Text);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public void A_server_that_is_stopped_is_told_apart_and_serves_again_when_it_goes_on(string transport)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs kill(2)");
        using Pair pair = new(transport, SlotRules, timeoutMs: 300);
        using RespClient client = pair.Gateway.Connect();
        string stopped = pair.KeyOf(0);
        string other = pair.KeyOf(1);
        client.Call("SET", stopped, "s");
        client.Call("SET", other, "o");
        Assert.Equal(0, Kill(pair.Servers[0].ProcessId, SigStop));
        try
        {
            client.Send("GET", stopped);
            client.Send("GET", other);
            Assert.Equal("UNCERTAIN shard 's0' gave no reply (silent for 300ms); may have been executed", client.ReadReply().Text);
            Assert.Equal("o", client.ReadReply().Text);
            Assert.StartsWith("TRYAGAIN shard 's0' has no master (", client.Call("GET", stopped).Text);
            Assert.Equal("o", client.Call("GET", other).Text);
        }
        finally
        {
            _ = Kill(pair.Servers[0].ProcessId, SigCont);
        }
        pair.Until(() => client.Call("GET", stopped).Text == "s");
        for (int i = 0; i < 50; i++) Assert.Equal("s", client.Call("GET", stopped).Text);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public void A_server_that_is_killed_is_an_error_for_its_keys_alone_until_it_is_back(string transport)
    {
        using Pair pair = new(transport, SlotRules, timeoutMs: 300);
        using RespClient client = pair.Gateway.Connect();
        string killed = pair.KeyOf(0);
        string other = pair.KeyOf(1);
        client.Call("SET", other, "o");
        pair.Servers[0].Kill();
        pair.Until(() =>
        {
            string text = client.Call("SET", killed, "k").Text;
            Assert.Matches("^(UNCERTAIN|TRYAGAIN) shard 's0' ", text);
            return text == "TRYAGAIN shard 's0' has no master (connection refused); not executed";
        });
        Assert.Equal("o", client.Call("GET", other).Text);
        Assert.StartsWith("TRYAGAIN shard 's0' ", client.Call("MSET", killed, "1", other, "changed").Text);
        Assert.Equal("o", client.Call("GET", other).Text);

        using Process again = Start("redis-server", "--port", $"{pair.Servers[0].Port}", "--bind", "127.0.0.1", "--save", "", "--dir", Path.GetTempPath());
        try
        {
            pair.Until(() => client.Call("SET", killed, "back").Text == "OK");
            Assert.Equal("back", client.Call("GET", killed).Text);
        }
        finally
        {
            again.Kill();
            again.WaitForExit();
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public void A_slow_script_on_one_server_harms_nobodys_connection(string transport)
    {
        // Far longer than the shard may be silent, which is far longer than a busy machine keeps the other server waiting.
        const string busy = "local a=redis.call('TIME') local s=a[1]*1000000+a[2] repeat local b=redis.call('TIME') until b[1]*1000000+b[2]-s>3000000 return 'done'";
        using Pair pair = new(transport, SlotRules, timeoutMs: 1000);
        RespClient[] clients = [.. Enumerable.Range(0, 8).Select(_ => pair.Gateway.Connect())];
        string slow = pair.KeyOf(0);
        string other = pair.KeyOf(1);
        clients[0].Call("SET", slow, "s");
        clients[0].Call("SET", other, "o");
        using RespClient direct = pair.Servers[0].Connect();
        direct.Send("EVAL", busy, "0");
        int errors = 0;
        while (direct.Socket.Available == 0)
        {
            foreach (RespClient client in clients)
            {
                client.Send("GET", slow);
                client.Send("GET", other);
            }
            foreach (RespClient client in clients)
            {
                RespValue first = client.ReadReply();
                if (first.IsError) errors++;
                if (first.IsError) Assert.Matches("^(UNCERTAIN|TRYAGAIN) shard 's0' ", first.Text);
                else Assert.Equal("s", first.Text);
                Assert.Equal("o", client.ReadReply().Text);
            }
        }
        Assert.Equal("done", direct.ReadReply().Text);
        Assert.True(errors >= clients.Length);
        foreach (RespClient client in clients)
        {
            pair.Until(() => client.Call("GET", slow).Text == "s");
            Assert.Equal("o", client.Call("GET", other).Text);
            client.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public void A_value_of_64_MB_goes_in_and_comes_back(string transport)
    {
        using Pair pair = new(transport, SlotRules);
        using RespClient client = pair.Gateway.Connect();
        byte[] value = new byte[64 << 20];
        new Random(1).NextBytes(value);
        byte[] key = Encoding.Latin1.GetBytes(pair.KeyOf(1));
        Assert.Equal("OK", client.Call("SET"u8.ToArray(), key, value).Text);
        client.Send("GET"u8.ToArray(), key);
        byte[] reply = client.ReadRaw();
        Assert.True(reply.AsSpan(0, reply.Length - 2).EndsWith(value));
        Assert.Equal("PONG", client.Call("PING").Text);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public void Redis_cli_and_redis_benchmark_work_with_it(string transport)
    {
        using Pair pair = new(transport, SlotRules);
        Assert.Equal("OK\n", Run("redis-cli", "-p", $"{pair.Gateway.Port}", "SET", "x", "1"));
        Assert.Equal("1\n", Run("redis-cli", "-3", "-p", $"{pair.Gateway.Port}", "GET", "x"));
        Assert.Contains("redis_version:7.0.15", Run("redis-cli", "-p", $"{pair.Gateway.Port}", "INFO", "server"));
        string speed = Run("redis-benchmark", "-p", $"{pair.Gateway.Port}", "-n", "4000", "-c", "10", "-P", "16", "-r", "1000", "-t", "set,get,mset", "-q");
        Assert.Equal(3, speed.Split("requests per second").Length - 1);
        Assert.DoesNotContain("ERR", speed);
        using RespClient client = pair.Gateway.Connect();
        Assert.InRange(client.Call("DBSIZE").Integer, 100, 1100);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public void Many_clients_at_once_each_get_their_own_replies(string transport)
    {
        using Pair pair = new(transport, SlotRules);
        var failures = new List<Exception>();
        Thread[] threads = [.. Enumerable.Range(0, 8).Select(number => new Thread(() =>
        {
            try
            {
                using RespClient client = pair.Gateway.Connect();
                var random = new Random(number);
                for (int round = 0; round < 30; round++)
                {
                    string[] keys = [.. Enumerable.Range(0, 40).Select(i => $"c{number}:{round}:{i}")];
                    foreach (string key in keys) client.Send("SET", key, key + new string('x', random.Next(200)));
                    foreach (string key in keys) client.Send("GETRANGE", key, "0", $"{key.Length - 1}");
                    client.Send(["MGET", .. keys]);
                    foreach (string _ in keys) Assert.Equal("OK", client.ReadReply().Text);
                    foreach (string key in keys) Assert.Equal(key, client.ReadReply().Text);
                    Assert.All(client.ReadReply().Texts.Zip(keys), pair => Assert.StartsWith(pair.Second, pair.First));
                }
            }
            catch (Exception failure)
            {
                lock (failures) failures.Add(failure);
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Empty(failures);
    }

    private static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    /// <summary>Two servers and the gateway before them.</summary>
    private sealed class Pair : IDisposable
    {
        public Pair(string transport, PartitionRule[] rules, int timeoutMs = 2000)
        {
            Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
            Servers = [RedisServer.Start(), RedisServer.Start()];
            Gateway = new RealGateway(transport, [.. Servers.Select(server => server.EndPoint)], rules, timeoutMs: timeoutMs);
            using RespClient client = Gateway.Connect();
            Until(() => !client.Call("GET", KeyOf(0)).IsError && !client.Call("GET", KeyOf(1)).IsError);
        }

        public RedisServer[] Servers { get; }

        public RealGateway Gateway { get; }

        public string KeyOf(int shard) => Enumerable.Range(0, 10_000).Select(i => $"{(char)('a' + i % 26)}{i}").First(key => Gateway.Map.Find(Encoding.Latin1.GetBytes(key)).Shard == shard);

        public void Until(Func<bool> holds)
        {
            long start = Stopwatch.GetTimestamp();
            while (!holds())
            {
                if (Stopwatch.GetElapsedTime(start) > Patience) throw new TimeoutException("It does not come about.");
                Thread.Yield();
            }
        }

        public void Dispose()
        {
            Gateway.Dispose();
            foreach (RedisServer server in Servers) server.Dispose();
        }
    }
}
