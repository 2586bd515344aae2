using System.Net.Sockets;

namespace Keyway.Testing.RealServers;

/// <summary>A real nutcracker (twemproxy), whose placement of keys we reproduce. Used as <see cref="RedisServer"/> is.</summary>
public sealed class Nutcracker : ExternalServer
{
    private const string Program = "nutcracker";

    private static readonly Lazy<string?> unavailable = new(() => WhyUnavailable(Program));

    private Nutcracker()
    {
    }

    /// <summary>Null when a proxy can be started; otherwise the reason to skip.</summary>
    public static string? Unavailable => unavailable.Value;

    /// <param name="yamlForPort">Its configuration, given the port on which its one pool must listen (on 127.0.0.1).</param>
    public static Nutcracker Start(Func<int, string> yamlForPort)
    {
        var proxy = new Nutcracker();
        try
        {
            proxy.StartProcess(Program, port => proxy.Arguments(port, yamlForPort(port)), proxy.Accepts);
            return proxy;
        }
        catch
        {
            proxy.Dispose();
            throw;
        }
    }

    /// <param name="yaml">Its configuration, with {port} where the listening port belongs: <c>listen: 127.0.0.1:{port}</c>.</param>
    public static Nutcracker Start(string yaml) => Start(port => yaml.Replace("{port}", $"{port}", StringComparison.Ordinal));

    public RespClient Connect() => RespClient.Connect(Port);

    private IEnumerable<string> Arguments(int port, string yaml)
    {
        string file = Path.Combine(Directory, "nutcracker.yml");
        File.WriteAllText(file, yaml);
        return ["--conf-file", file, "--stats-port", $"{FreePort()}", "--stats-addr", "127.0.0.1"];
    }

    private bool Accepts()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Connect(EndPoint);
        return true;
    }
}
