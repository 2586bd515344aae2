using System.Diagnostics;
using System.Net;
using Keyway.Platform.Tls;
using Keyway.Testing.RealServers;
using Keyway.Testing.Tls;
using Keyway.Topology;

namespace Keyway.Gateway.Tests.Real;

/// <summary>Shards of several servers, and those under sentinels, with credentials and TLS: links for requests and links that ask for roles alike.</summary>
public sealed class RealFollowedSecurityTests : IDisposable
{
    private const string Password = "secret";
    private static readonly PartitionRule[] All = [new() { Name = "rest", Line = 1, Placement = new Placement.Single(0) }];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestCertificates _certificates = new();

    public RealFollowedSecurityTests() => Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");

    public void Dispose() => _certificates.Dispose();

    [Theory]
    [InlineData("nodes")]
    [InlineData("sentinel")]
    public void Every_combination_of_credentials_and_TLS_is_followed(string kind)
    {
        var combinations = from auth in (string[])["none", "password", "user"] from tls in (string[])["none", "authority", "both"] select (auth, tls);
        var failures = new List<string>();
        Thread[] threads = [.. combinations.Select(one => new Thread(() =>
        {
            try
            {
                Follow(kind, one.auth, one.tls);
            }
            catch (Exception failure)
            {
                lock (failures) failures.Add($"{one}: {failure}");
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Empty(failures);
    }

    [Theory]
    [InlineData("nodes")]
    [InlineData("sentinel")]
    public void What_is_wrong_with_credentials_and_certificates_is_told(string kind)
    {
        using var elsewhere = new TestCertificates();
        using Shard shard = Start(kind, "password", "both");
        TlsClientSettings right = TlsClientSettings.Load(_certificates.Client with { ComparesNames = true });
        TlsClientSettings strange = TlsClientSettings.Load(_certificates.Client with { AuthorityFile = elsewhere.AuthorityFile });
        AssertRefused(shard, definition => definition with { Password = "wrong", Tls = right }, "it refused AUTH: WRONGPASS");
        AssertRefused(shard, definition => definition with { Password = Password, Tls = strange }, "TLS: the peer's certificate is not trusted");
        AssertRefused(shard, definition => definition with { Password = Password, Tls = null }, "(it speaks TLS|a TLS port does so|connection was lost)");
    }

    private void Follow(string kind, string auth, string tls)
    {
        using Shard shard = Start(kind, auth, tls);
        TlsClientSettings? settings = tls switch
        {
            "none" => null,
            "authority" => TlsClientSettings.Load(_certificates.Client with { CertificateFile = "", KeyFile = "", ComparesNames = true }),
            _ => TlsClientSettings.Load(_certificates.Client with { ComparesNames = true }),
        };
        using RealGateway gateway = Gateway(shard, definition => definition with
        {
            User = auth == "user" ? "app" : null,
            Password = auth == "none" ? null : Password,
            Tls = settings,
        });
        using RespClient client = gateway.Connect();
        Until(() => client.Call("SET", "a", "zero").Text == "OK", () => string.Join('\n', gateway.Log.Lines));
        Assert.Equal("OK", client.Call("SELECT", "3").Text);
        Assert.Equal("OK", client.Call("SET", "a", "three").Text);
        client.Send("HELLO", "3");
        client.ReadReply();
        Assert.Equal("three", client.Call("GET", "a").Text);
        string large = new('x', 200_000);
        Assert.Equal("OK", client.Call("SET", "large", large).Text);
        Assert.Equal(large, client.Call("GET", "large").Text);
    }

    private Shard Start(string kind, string auth, string tls)
    {
        string[] forAuth = auth switch
        {
            "password" => ["--requirepass", Password, "--masterauth", Password],
            "user" => ["--user", "app", "on", $">{Password}", "~*", "&*", "+@all", "--masteruser", "app", "--masterauth", Password],
            _ => [],
        };
        string authClients = tls == "both" ? "yes" : "no";
        int[] tlsPorts = [ExternalServer.FreePort(), ExternalServer.FreePort(), ExternalServer.FreePort()];
        string[] forTls(int i) => tls == "none" ? [] : [.. _certificates.Directives(tlsPorts[i]), "--tls-auth-clients", authClients, "--tls-replication", "yes"];
        RedisServer master = RedisServer.Start([.. forAuth, .. forTls(0)]);
        int masterPort = tls == "none" ? master.Port : tlsPorts[0];
        RedisServer replica = RedisServer.Start([.. forAuth, .. forTls(1), "--replicaof", "127.0.0.1", $"{masterPort}"]);
        if (kind == "nodes") return new Shard([master, replica], [masterPort, tls == "none" ? replica.Port : tlsPorts[1]], null);

        var lines = new List<string>();
        if (auth != "none") lines.Add($"sentinel auth-pass m {Password}");
        if (auth == "user") lines.Add("sentinel auth-user m app");
        if (tls != "none")
        {
            string[] directives = [.. _certificates.Directives(tlsPorts[2]), "--tls-auth-clients", authClients, "--tls-replication", "yes"];
            lines.AddRange(directives.Chunk(2).Select(pair => $"{pair[0][2..]} {pair[1]}"));
        }
        RedisSentinel sentinel = RedisSentinel.Start("m", new IPEndPoint(IPAddress.Loopback, masterPort), quorum: 1, more: [.. lines]);
        return new Shard([master, replica, sentinel], [tls == "none" ? sentinel.Port : tlsPorts[2]], "m");
    }

    private static void AssertRefused(Shard shard, Func<ShardDefinition, ShardDefinition> change, string pattern)
    {
        using RealGateway gateway = Gateway(shard, change);
        using RespClient client = gateway.Connect();
        string text = "";
        Until(() => System.Text.RegularExpressions.Regex.IsMatch(text = client.Call("SET", "a", "1").Text, $"^TRYAGAIN shard 's0' has no master \\(.*{pattern}.*\\); not executed$"), () => text);
    }

    private static RealGateway Gateway(Shard shard, Func<ShardDefinition, ShardDefinition> change) =>
        new("sockets", [shard.EndPoints[0]], All, loops: 1, timeoutMs: 2000, definition => change(definition with
        {
            Kind = shard.MasterName is null ? "nodes" : "sentinel",
            MasterName = shard.MasterName,
            Servers = new ServerList(shard.EndPoints.Select(one => new ServerAddress(one, $"{one}"))),
        }), pool => pool with { Hold = TimeSpan.FromMilliseconds(500) });

    private static void Until(Func<bool> condition, Func<string> describe)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, describe());
            Thread.Yield();
        }
    }

    private sealed class Shard(ExternalServer[] servers, int[] ports, string? masterName) : IDisposable
    {
        public IPEndPoint[] EndPoints { get; } = [.. ports.Select(port => new IPEndPoint(IPAddress.Loopback, port))];

        public string? MasterName => masterName;

        public void Dispose()
        {
            foreach (ExternalServer server in servers) server.Dispose();
        }
    }
}
