using System.Diagnostics;
using Keyway.Testing.RealServers;
using Keyway.Topology;

namespace Keyway.Gateway.Tests.Real;

/// <summary>A real redis-server that loads its data while clients ask for it.</summary>
public sealed class RealLoadingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [MemberData(nameof(RealServerTests.Transports), MemberType = typeof(RealServerTests))]
    public void Clients_wait_for_the_data_and_see_no_error(string transport)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisServer server = RedisServer.Start("--enable-debug-command", "yes", "--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024");
        PartitionRule[] all = [new() { Name = "rest", Line = 1, Placement = new Placement.Single(0) }];
        using var gateway = new RealGateway(transport, [server.EndPoint], all, loops: 1, timeoutMs: 20_000);
        using RespClient client = gateway.Connect();
        using RespClient loader = server.Connect();
        using RespClient watcher = server.Connect();
        loader.Call("DEBUG", "POPULATE", "300", "key", "100");
        long start = Stopwatch.GetTimestamp();
        while (client.Call("GET", "counter").IsError) Assert.True(Stopwatch.GetElapsedTime(start) < Patience, "the server never served");
        int rounds = 0;
        while (!gateway.Log.Lines.Any(line => line.Contains("is loading its data")))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, "no request met the server while it was loading");
            string number = $"{rounds++}";
            loader.Send("DEBUG", "RELOAD");
            while (watcher.Call("PING").Text == "PONG" && !watcher.Call("INFO", "persistence").Text.Contains("loading:1")) Thread.Yield();

            // Sent in one piece while the breaker is closed: refused or not, each gets its own reply.
            client.SendRaw(string.Concat(new[] { RespClient.Encode("SET", "counter", number), RespClient.Encode("INCR", "counter"), RespClient.Encode("GET", "counter") }
                .Select(System.Text.Encoding.Latin1.GetString)));
            Assert.Equal("OK", client.ReadReply().Text);
            Assert.Equal(rounds, client.ReadReply().Integer);
            Assert.Equal($"{rounds}", client.ReadReply().Text);
            Assert.Equal("OK", loader.ReadReply().Text);
        }
        Assert.Equal($"{rounds}", client.Call("GET", "counter").Text);
    }
}
