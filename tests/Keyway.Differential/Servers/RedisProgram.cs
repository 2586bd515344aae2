using System.Net;
using System.Net.Sockets;
using Keyway.Testing.RealServers;

namespace Keyway.Differential.Servers;

/// <summary>The judge: a redis-server of this machine, spoken to through a Unix socket.</summary>
internal sealed class RedisProgram : Server
{
    private readonly string[] _settings;
    private readonly string _socket = SocketFile.Next("redis");
    private RedisServer _server;

    /// <param name="name">"redis", or how a second one is called that it is compared with.</param>
    /// <param name="settings">Beside those of both.</param>
    public RedisProgram(string name = "redis", params string[] settings)
        : base(name)
    {
        _settings = [.. Settings, "--unixsocket", _socket, .. settings];
        _server = RedisServer.Start(_settings);
    }

    public override EndPoint EndPoint => new UnixDomainSocketEndPoint(_socket);

    public override void Restart()
    {
        _server.Dispose();
        _server = RedisServer.Start(_settings);
    }

    public override string LastWords() => _server.HasExited ? SocketFile.Tail(_server.Output) : "";

    public override void Dispose()
    {
        _server.Dispose();
        File.Delete(_socket);
    }
}
