using System.Net;
using System.Net.Sockets;
using System.Text;
using Keyway.Testing.RealServers;

namespace Keyway.Topology.Tests.Twemproxy;

/// <summary>A running nutcracker with many pools, each on a Unix socket, in front of servers that answer with their number.</summary>
internal sealed class LiveProxy : IDisposable
{
    private const int KeysInFlight = 200;

    private readonly Nutcracker _proxy;
    private readonly List<NamedServer> _servers = [];
    private readonly string _sockets = Directory.CreateTempSubdirectory("kw").FullName;   // short: a socket's path has 108 bytes

    /// <param name="pools">Named servers are moved to addresses that answer here; those without a name are taken as they stand.</param>
    /// <param name="addresses">Where the servers listen; null for free ports on 127.0.0.1.</param>
    public LiveProxy(IReadOnlyList<PoolSetup> pools, IPEndPoint[]? addresses = null)
    {
        int count = pools.Max(pool => pool.Declarations.Length);
        for (int i = 0; i < count; i++) _servers.Add(new NamedServer($"{i}", addresses?[i].Address, addresses?[i].Port ?? 0));

        _proxy = Nutcracker.Start(port =>
        {
            // The pool on the port is only there to show that the proxy has started.
            var yaml = new StringBuilder($"ready:\n  listen: 127.0.0.1:{port}\n  redis: true\n  servers:\n   - {_servers[0].EndPoint}:1\n");
            for (int i = 0; i < pools.Count; i++) yaml.Append(Moved(pools[i]).ToYaml($"p{i}", SocketPath(i)));
            return yaml.ToString();
        });
    }

    /// <returns>The number of the server that got each key.</returns>
    public int[] Ask(int pool, IReadOnlyList<byte[]> keys)
    {
        using RespClient client = RespClient.Connect(new UnixDomainSocketEndPoint(SocketPath(pool)));
        var answers = new int[keys.Count];
        for (int start = 0; start < keys.Count; start += KeysInFlight)
        {
            int end = Math.Min(keys.Count, start + KeysInFlight);
            for (int i = start; i < end; i++) client.Send("GET"u8.ToArray(), keys[i]);
            for (int i = start; i < end; i++) answers[i] = int.Parse(client.ReadReply().Text);
        }

        return answers;
    }

    public void Dispose()
    {
        _proxy.Dispose();
        foreach (NamedServer server in _servers) server.Dispose();
        Directory.Delete(_sockets, recursive: true);
    }

    private string SocketPath(int pool) => Path.Combine(_sockets, $"{pool}");

    /// <summary>Named servers keep their placement when they move: only their addresses become those that listen here.</summary>
    private PoolSetup Moved(PoolSetup pool)
    {
        string[] moved = (string[])pool.Declarations.Clone();
        for (int i = 0; i < moved.Length; i++)
        {
            int space = moved[i].IndexOf(' ');
            if (space < 0) continue;
            moved[i] = $"{_servers[i].EndPoint}:{moved[i][..space].Split(':')[^1]}{moved[i][space..]}";
        }

        return pool with { Declarations = moved };
    }
}
