using Keyway.Testing.RealServers;

namespace Keyway.Protocol.Tests.Commands;

/// <summary>The judge must be heard correctly before it is asked anything.</summary>
public class RealServersTests
{
    [Fact]
    public void A_started_server_answers_in_both_protocols_and_is_gone_after_dispose()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        int port;
        using (RedisServer redis = RedisServer.Start("--maxmemory", "77mb"))
        {
            port = redis.Port;
            using RespClient client = redis.Connect();
            Assert.Equal("80740352", client.Call("CONFIG", "GET", "maxmemory")["maxmemory"].Text);
            Assert.Equal('%', client.Call("HELLO", "3").Kind);
            client.Send("HSET", "h", "f", new string('x', 100_000));
            client.Send("HGETALL", "h");
            client.Send("NOSUCH");
            client.Send("GET", "absent");
            Assert.Equal(1, client.ReadReply().Integer);
            Assert.Equal(100_000, client.ReadReply()["f"].Text.Length);
            Assert.True(client.ReadReply().IsError);
            Assert.Equal("_\r\n", client.ReadRawText());
            client.Call("QUIT");
            Assert.True(client.IsClosedByPeer());
        }
        Assert.Throws<System.Net.Sockets.SocketException>(() => RespClient.Connect(port).Dispose());
    }

    [Fact]
    public void Nutcracker_relays_to_a_server()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        Assert.SkipWhen(Nutcracker.Unavailable is not null, Nutcracker.Unavailable ?? "");
        using RedisServer redis = RedisServer.Start();
        using Nutcracker proxy = Nutcracker.Start(port => $"""
            pool:
              listen: 127.0.0.1:{port}
              redis: true
              distribution: ketama
              hash: fnv1a_64
              servers:
               - 127.0.0.1:{redis.Port}:1

            """);
        using RespClient client = proxy.Connect();
        Assert.Equal("OK", client.Call("SET", "k", "v").Text);
        using RespClient direct = redis.Connect();
        Assert.Equal("v", direct.Call("GET", "k").Text);
    }
}
