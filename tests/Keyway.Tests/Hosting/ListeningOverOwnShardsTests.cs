using System.Net.Http;
using Keyway.Testing.RealServers;

namespace Keyway.Tests.Hosting;

/// <summary>Channels, before shards of ours inside the gateway's process.</summary>
public sealed class ListeningOverOwnShardsTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestMap _map = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("2")]
    [InlineData("3")]
    public void Messages_and_keyspace_events_come_from_every_shard(string protocol)
    {
        using KeywayProcess keyway = Start();
        using RespClient listener = RespClient.Connect(_map.Port);
        using RespClient client = RespClient.Connect(_map.Port);
        listener.Call("HELLO", protocol);
        char kind = protocol == "3" ? '>' : '*';
        Expect(listener, keyway, kind, "subscribe", "news", "1", "SUBSCRIBE", "news");
        Expect(listener, keyway, kind, "psubscribe", "__keyevent@0__:set", "2", "PSUBSCRIBE", "__keyevent@0__:set");
        Expect(listener, keyway, kind, "ssubscribe", "n:1", "1", "SSUBSCRIBE", "n:1");

        Assert.Equal(1, client.Call("PUBLISH", "news", "through").Integer);
        Assert.Equal(["message", "news", "through"], listener.ReadReply().Texts);
        Assert.Equal(1, client.Call("SPUBLISH", "n:1", "shard").Integer);
        Assert.Equal(["smessage", "n:1", "shard"], listener.ReadReply().Texts);
        foreach (int port in new[] { _map.Shard1, _map.Shard2 })
        {
            using RespClient shard = RespClient.Connect(port);
            Assert.Equal(1, shard.Call("PUBLISH", "news", $"{port}").Integer);
            Assert.Equal(["message", "news", $"{port}"], listener.ReadReply().Texts);
        }
        foreach (string key in new[] { "n:1", "n:200" })
        {
            Assert.Equal("OK", client.Call("SET", key, "v").Text);
            Assert.Equal(["pmessage", "__keyevent@0__:set", "__keyevent@0__:set", key], listener.ReadReply().Texts);
        }
    }

    [Fact]
    public void A_crowd_hears_everything_once_and_in_order_and_leaves_nothing_behind()
    {
        const int count = 300;
        const int messages = 30;
        using KeywayProcess keyway = Start();
        RespClient[] crowd = [.. Enumerable.Range(0, count).Select(_ => RespClient.Connect(_map.Port))];
        foreach (RespClient client in crowd) client.Send("SUBSCRIBE", "news");
        foreach (RespClient client in crowd) Assert.Equal("news", client.ReadReply()[1].Text);
        using RespClient publisher = RespClient.Connect(_map.Port);
        for (int i = 0; i < messages; i++) Assert.Equal(count, publisher.Call("PUBLISH", "news", $"{i}").Integer);
        foreach (RespClient client in crowd)
        {
            for (int i = 0; i < messages; i++) Assert.Equal($"{i}", client.ReadReply()[2].Text);
        }
        Assert.Equal(4, Links());
        foreach (RespClient client in crowd) client.Dispose();
        Eventually.True(() => Links() == 0, keyway.Describe);
        foreach (int port in new[] { _map.Shard1, _map.Shard2 })
        {
            using RespClient shard = RespClient.Connect(port);
            Assert.Equal(0, shard.Call("PUBSUB", "CHANNELS").Count);
        }
    }

    private static void Expect(RespClient client, KeywayProcess keyway, char kind, string word, string name, string count, params string[] request)
    {
        RespValue reply = client.Call(request);
        Assert.True(reply.Kind == kind && reply.Texts is [var w, var n, var c] && w == word && n == name && c == count, $"{reply}\n{keyway.Describe()}");
    }

    private double Links()
    {
        using var http = new HttpClient();
        string metrics = http.GetStringAsync(new Uri($"http://127.0.0.1:{_map.Admin}/metrics"), TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        return metrics.Split('\n').Where(line => line.StartsWith("keyway_shard_links{", StringComparison.Ordinal) && line.Contains("kind=\"subscription\"", StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
    }

    private KeywayProcess Start()
    {
        string conf = "conf: { notify-keyspace-events: KEA }";
        string map = _map.Yaml(s1: $"{{ embedded: {_map.Shard1}, {conf} }}").Replace($"{{ embedded: {_map.Shard2} }}", $"{{ embedded: {_map.Shard2}, {conf} }}", StringComparison.Ordinal);
        _folder.Write("keyway.yaml", map);
        return KeywayProcess.Start(_folder.Path, "run", "-c", "keyway.yaml").WaitUntilReady();
    }
}
