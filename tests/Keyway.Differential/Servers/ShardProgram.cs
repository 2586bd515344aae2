using System.Net;
using System.Net.Sockets;
using Keyway.Platform;
using Keyway.Shard;
using Keyway.Shard.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyway.Differential.Servers;

/// <summary>The contestant: a shard in a process of its own, which is this program again, so that a crash of it ends nothing else.</summary>
internal sealed class ShardProgram : Server
{
    /// <summary>The first word of the command line of such a process.</summary>
    public const string Verb = "serve-shard";

    private readonly string[] _settings;
    private readonly string _socket = SocketFile.Next("keyway");
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyway-differential-");
    private ShardProcess _process;

    public ShardProgram(params string[] settings)
        : base("keyway")
    {
        _settings = [.. Settings, "--port", "0", "--unixsocket", _socket, "--dir", _directory.FullName, .. settings];
        _process = new ShardProcess(_socket, _settings);
    }

    public override EndPoint EndPoint => new UnixDomainSocketEndPoint(_socket);

    /// <summary>The other side of it: runs a shard until the process is killed.</summary>
    public static void Serve(string[] settings)
    {
        ShardOptions options = ShardOptions.FromCommandLine(settings);
        using EventLoop loop = EventLoops.Create(TimeProvider.System);
        loop.Unhandled = bug => Console.Error.WriteLine($"BUG: {bug}");
        var server = new ShardServer(loop, options, NullLogger.Instance, loop.Stop);
        server.Load();
        foreach (ListenPlace place in options.EndPoints()) server.Listen(place);
        loop.Run();
        server.Stop();
    }

    public override void Restart()
    {
        _process.Dispose();
        _directory.Delete(recursive: true);
        _directory.Create();
        _process = new ShardProcess(_socket, _settings);
    }

    public override string LastWords() => SocketFile.Tail(_process.Output);

    public override void Dispose()
    {
        _process.Dispose();
        File.Delete(_socket);
        _directory.Delete(recursive: true);
    }
}
