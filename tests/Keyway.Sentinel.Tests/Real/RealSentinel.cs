using Keyway.Testing.RealServers;

namespace Keyway.Sentinel.Tests.Real;

/// <summary>A redis-server in sentinel mode, with a file of its own.</summary>
internal sealed class RealSentinel : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keyway-sentinel-");
    private readonly RedisServer _server;

    /// <param name="lines">Of its sentinel.conf, without "port".</param>
    public RealSentinel(params string[] lines)
    {
        File = Path.Combine(_folder.FullName, "sentinel.conf");
        System.IO.File.WriteAllLines(File, ["bind 127.0.0.1", .. lines]);
        _server = RedisServer.Start(File, "--sentinel");
    }

    public int Port => _server.Port;

    public string File { get; }

    public string Log => _server.Output;

    public RespClient Connect() => _server.Connect();

    public void Dispose()
    {
        _server.Dispose();
        _folder.Delete(recursive: true);
    }
}
