using Keyway.Testing.RealServers;
using Keyway.Testing.Tls;

namespace Keyway.Tests.Hosting;

/// <summary>TLS and credentials of shards, from the map's file to the server.</summary>
public sealed class ShardTlsTests : IDisposable
{
    private const string File = "keyway.yaml";

    private readonly TestFolder _folder = new();
    private readonly TestCertificates _certificates = new();
    private readonly int _port = ExternalServer.FreePort();

    public void Dispose()
    {
        _folder.Dispose();
        _certificates.Dispose();
    }

    [Fact]
    public void A_server_behind_TLS_and_a_password_file_is_served_and_asked_for_its_history()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        int port = ExternalServer.FreePort();
        using RedisServer redis = RedisServer.Start(["--bind", "127.0.0.1", .. _certificates.Directives(port), "--requirepass", "secret"]);
        _folder.Write("password", "secret\n");
        string tls = $"ca: {_certificates.AuthorityFile}, cert: {_certificates.PathOf("client.crt")}, key: {_certificates.PathOf("client.key")}";
        _folder.Write(File, Map($"{{ nodes: localhost:{port}, password_file: password, tls: {{ {tls} }} }}"));
        using KeywayProcess keyway = KeywayProcess.Start(_folder.Path, "-c", File).WaitUntilReady();
        using RespClient client = RespClient.Connect(_port);
        Eventually.True(() => client.Call("SET", "a", "1").Text == "OK", keyway.Describe);

        // Noted through TLS: another server in the same place is found out.
        using RespClient direct = redis.Connect();
        direct.Call("AUTH", "secret");
        string id = direct.Call("INFO", "replication").Text.Split("master_replid:")[1][..40];
        Assert.Contains(id, string.Concat(Directory.EnumerateFiles(_folder.PathOf("data/state")).Select(System.IO.File.ReadAllText)));

        _folder.Replace(File, Map($"{{ nodes: localhost:{port}, password_file: password, tls: {{ {tls}, name: redis.example }} }}"));
        keyway.WaitFor("Reload (the file changed): keyway.yaml is served now.");
        Eventually.True(() => client.Call("GET", "a").Text.Contains("not for 'redis.example'", StringComparison.Ordinal), keyway.Describe);

        _folder.Replace(File, Map($"{{ nodes: localhost:{port}, password_file: password, tls: {{ {tls}, name: localhost }} }}"));
        Eventually.True(() => client.Call("GET", "a").Text == "1", keyway.Describe);
    }

    [Fact]
    public void Files_that_cannot_be_used_stop_the_start_with_their_line()
    {
        _folder.Write(File, Map("{ nodes: localhost:1, tls: { ca: nowhere.pem } }"));
        (int code, _, string error) = KeywayProcess.Run(_folder.Path, "-c", File);
        Assert.Equal(78, code);
        Assert.Equal("keyway.yaml:3:1: shard 's1': Failed to configure CA certificate(s) file/directory: nowhere.pem: No such file or directory; mend the file or its path in 'tls'\n", error);
    }

    private string Map(string shard) => $$"""
        admin: 127.0.0.1:0
        shards:
          s1: {{shard}}
        pools:
          main: { listen: 127.0.0.1:{{_port}}, shard: s1 }
        """;
}
