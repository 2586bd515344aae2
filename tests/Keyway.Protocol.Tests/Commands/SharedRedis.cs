using Keyway.Testing.RealServers;

namespace Keyway.Protocol.Tests.Commands;

/// <summary>One real server for all tests of a class.</summary>
public sealed class SharedRedis : IDisposable
{
    private readonly RedisServer? _server = RedisServer.Unavailable is null ? RedisServer.Start() : null;

    public RespClient Connect(bool resp3 = false)
    {
        Assert.SkipWhen(_server is null, RedisServer.Unavailable ?? "");
        RespClient client = _server!.Connect();
        if (resp3) client.Call("HELLO", "3");
        return client;
    }

    public void Dispose() => _server?.Dispose();
}
