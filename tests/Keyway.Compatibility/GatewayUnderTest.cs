using System.Net.Sockets;
using Keyway.Configuration;
using Keyway.Testing.RealServers;
using Keyway.Testing.Tls;

namespace Keyway.Compatibility;

/// <summary>
/// The executable with one map over two real servers: keys are spread by slot, those of applications that use several at once stay together, and a second
/// pool has one shard alone.
/// </summary>
public sealed class GatewayUnderTest : ExternalServer
{
    private readonly RedisServer _first = RedisServer.Start();
    private readonly RedisServer _second = RedisServer.Start();
    private readonly TestCertificates _certificates = new();

    public GatewayUnderTest()
    {
        JobsPort = FreePort();
        TlsPort = FreePort();
        StartProcess("dotnet", port => [typeof(ConfigLoader).Assembly.Location, "run", "-c", WriteMap(port)], Answers);
    }

    /// <summary>Of the pool that has one shard: for applications whose keys have nothing in common and are used together.</summary>
    public int JobsPort { get; }

    public int TlsPort { get; }

    /// <summary>Whom clients must trust there.</summary>
    public string AuthorityFile => _certificates.AuthorityFile;

    public string UnixSocket => Path.Combine(Directory, "keyway.sock");

    public new void Dispose()
    {
        base.Dispose();
        _first.Dispose();
        _second.Dispose();
        _certificates.Dispose();
    }

    private string WriteMap(int port)
    {
        string file = Path.Combine(Directory, "keyway.yaml");
        File.WriteAllText(file, $$"""
            admin: 127.0.0.1:0
            shards:
              s1: { nodes: [127.0.0.1:{{_first.Port}}] }
              s2: { nodes: [127.0.0.1:{{_second.Port}}] }
            pools:
              main:
                listen: [127.0.0.1:{{port}}, "unix:{{UnixSocket}}"]
                partitions:
                  - { prefix: "bull:", shard: s1 }
                  - { prefix: "rq:", shard: s2 }
                  - { prefix: "bq:", shard: s2 }
                  - { prefix: "django:", shard: s1 }
                  - slots: { 0-8191: s1, 8192-16383: s2 }
              jobs: { listen: 127.0.0.1:{{JobsPort}}, shard: s2 }
              secured:
                listen: 127.0.0.1:{{TlsPort}}
                tls: { cert: {{_certificates.PathOf("server.crt")}}, key: {{_certificates.PathOf("server.key")}} }
                partitions:
                  - slots: { 0-8191: s1, 8192-16383: s2 }

            """);
        return file;
    }

    private bool Answers()
    {
        using RespClient client = RespClient.Connect(Port);
        using RespClient jobs = RespClient.Connect(JobsPort);
        return Enumerable.Range(0, 20).All(i => client.Call("EXISTS", $"probe:{i}").Text == "0") && jobs.Call("EXISTS", "probe").Text == "0";
    }
}
