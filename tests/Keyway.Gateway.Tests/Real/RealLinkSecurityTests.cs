using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Keyway.Platform.Tls;
using Keyway.Testing.RealServers;
using Keyway.Testing.Tls;
using Keyway.Topology;

namespace Keyway.Gateway.Tests.Real;

/// <summary>Links under TLS and with credentials to real servers: what works, and what clients are told of what does not.</summary>
public sealed class RealLinkSecurityTests : IDisposable
{
    private const string Password = "a pass\"wörd";
    private static readonly PartitionRule[] All = [new() { Name = "rest", Line = 1, Placement = new Placement.Single(0) }];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TestCertificates _certificates = new();

    public RealLinkSecurityTests() => Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");

    public static TheoryData<string, string, string> Combinations
    {
        get
        {
            var all = new TheoryData<string, string, string>();
            foreach (string auth in (string[])["none", "password", "user"])
            {
                foreach (string tls in (string[])["none", "authority", "both", "name"]) all.Add("epoll", auth, tls);
            }

            all.Add("sockets", "user", "both");
            return all;
        }
    }

    public void Dispose() => _certificates.Dispose();

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Every_kind_of_link_works_under_every_kind_of_credentials(string transport, string auth, string tls)
    {
        int port = ExternalServer.FreePort();
        using RedisServer server = Server(port, auth, tls);
        using RealGateway gateway = Gateway(transport, tls == "none" ? server.Port : port, shard => WithAuth(shard, auth) with { Tls = SettingsFor(tls) });
        using RespClient client = gateway.Connect();

        // Shared links: both versions, two databases.
        Assert.Equal("OK", client.Call("SET", "a", "zero").Text);
        Assert.Equal("OK", client.Call("SELECT", "3").Text);
        Assert.Equal("OK", client.Call("SET", "a", "three").Text);
        Assert.Equal('%', (char)RawOf(client, "HELLO", "3")[0]);
        Assert.Equal("three", client.Call("GET", "a").Text);
        Assert.StartsWith("_", System.Text.Encoding.Latin1.GetString(RawOf(client, "GET", "absent")));
        Assert.Equal("OK", client.Call("SELECT", "0").Text);
        Assert.Equal("zero", client.Call("GET", "a").Text);

        // Private links, and replies in many records.
        string large = new('x', 300_000);
        Assert.Equal("OK", client.Call("SET", "large", large).Text);
        Assert.Equal(large, client.Call("GET", "large").Text);
        Assert.StartsWith("ERR DB index is out of range", client.Call("SELECT", "999").Text);

        // Links that listen.
        using RespClient listener = gateway.Connect();
        Assert.Equal(1, listener.Call("SUBSCRIBE", "news")[2].Integer);
        Assert.Equal(1, client.Call("PUBLISH", "news", large).Integer);
        Assert.Equal(large, listener.ReadReply()[2].Text);

        // Many in one breath.
        client.SendRaw(string.Concat(Enumerable.Range(0, 500).Select(i => System.Text.Encoding.Latin1.GetString(RespClient.Encode("SET", $"k{i}", $"v{i}")))));
        for (int i = 0; i < 500; i++) Assert.Equal("OK", client.ReadReply().Text);
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"v{i}"), client.Call(["MGET", .. Enumerable.Range(0, 500).Select(i => $"k{i}")]).Texts);
    }

    [Theory]
    [InlineData("password", null, "another", "it refused AUTH: WRONGPASS invalid username-password pair or user is disabled.")]
    [InlineData("user", "app", "another", "it refused AUTH: WRONGPASS invalid username-password pair or user is disabled.")]
    [InlineData("user", "nobody", Password, "it refused AUTH: WRONGPASS invalid username-password pair or user is disabled.")]
    [InlineData("password", null, null, "it refused PING: NOAUTH Authentication required.")]
    [InlineData("none", null, Password, "it refused AUTH: ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?")]
    public void Wrong_credentials_are_told_to_clients_and_operators(string auth, string? user, string? password, string reason)
    {
        using RedisServer server = Server(0, auth, "none");
        using RealGateway gateway = Gateway("epoll", server.Port, shard => shard with { User = user, Password = password });
        AssertRefused(gateway, $"^TRYAGAIN shard 's0' has no master \\({System.Text.RegularExpressions.Regex.Escape(reason)}\\); not executed$");
        Assert.DoesNotContain(gateway.Log.Lines, line => line.Contains(Password) || line.Contains("another"));

        // The right one, and all is well.
        using RespClient direct = server.Connect();
        if (auth != "none") return;
        direct.Call("CONFIG"u8.ToArray(), "SET"u8.ToArray(), "requirepass"u8.ToArray(), System.Text.Encoding.UTF8.GetBytes(Password));
        using RespClient client = gateway.Connect();
        Until(() => client.Call("SET", "a", "1").Text == "OK", () => "it stays refused");
    }

    [Theory]
    [InlineData("authority", "elsewhere", "TLS: the peer's certificate is not trusted \\(of an unknown authority\\)")]
    [InlineData("system", "", "TLS: the peer's certificate is not trusted \\(of an unknown authority\\)")]
    [InlineData("expired server", "", "TLS: the peer's certificate is not trusted \\(valid from .* only\\)")]
    [InlineData("other server", "", "TLS: the peer's certificate is for 'redis.example', not for '127.0.0.1'")]
    [InlineData("server", "name: redis.example", "TLS: the peer's certificate is for 'localhost', not for 'redis.example'")]
    [InlineData("server", "no certificate", "TLS: it refused our certificate \\(.*certificate required.*\\)")]
    [InlineData("server", "expired certificate", "TLS: it refused our certificate \\(.*certificate expired.*\\)")]
    [InlineData("server", "foreign certificate", "TLS: it refused our certificate \\(.*unknown ca.*\\)")]
    public void Certificates_that_do_not_fit_are_told(string server, string client, string reason)
    {
        using var elsewhere = new TestCertificates();
        _certificates.IssueExpired("expired");
        _certificates.IssueFor("other", "redis.example");
        int port = ExternalServer.FreePort();
        string identity = server switch { "expired server" => "expired", "other server" => "other", _ => "server" };
        using RedisServer redis = RedisServer.Start(["--bind", "127.0.0.1", .. _certificates.Directives(port, identity)]);
        TlsOptions options = _certificates.Client with { ComparesNames = true };
        options = client switch
        {
            "elsewhere" => options with { AuthorityFile = elsewhere.AuthorityFile },
            "name: redis.example" => options with { ServerName = "redis.example" },
            "no certificate" => options with { CertificateFile = "", KeyFile = "" },
            "expired certificate" => options with { CertificateFile = _certificates.PathOf("expired.crt"), KeyFile = _certificates.PathOf("expired.key") },
            "foreign certificate" => options with { CertificateFile = elsewhere.PathOf("client.crt"), KeyFile = elsewhere.PathOf("client.key") },
            _ => options,
        };
        if (server == "system") options = options with { AuthorityFile = "", TrustsSystem = true };
        using RealGateway gateway = Gateway("epoll", port, shard => shard with { Tls = TlsClientSettings.Load(options) });
        AssertRefused(gateway, $"^TRYAGAIN shard 's0' has no master \\({reason}\\); not executed$");
        Assert.Contains(gateway.Log.Lines, line => line.StartsWith("Shard s0 at 127.0.0.1:") && line.Contains("TLS: "));
    }

    [Theory]
    [InlineData("epoll")]
    [InlineData("sockets")]
    public void A_plain_link_to_a_TLS_port_is_told(string transport)
    {
        int port = ExternalServer.FreePort();
        using RedisServer redis = RedisServer.Start(["--bind", "127.0.0.1", .. _certificates.Directives(port)]);
        using RealGateway gateway = Gateway(transport, port, shard => shard);
        AssertRefused(gateway, "^TRYAGAIN shard 's0' has no master \\(.*(it speaks TLS|a TLS port does so).*\\); not executed$");
    }

    [Theory]
    [InlineData("epoll")]
    [InlineData("sockets")]
    public void TLS_to_a_plain_port_is_told(string transport)
    {
        using RedisServer redis = RedisServer.Start();
        using RealGateway gateway = Gateway(transport, redis.Port, shard => shard with { Tls = SettingsFor("both"), Timeout = TimeSpan.FromMilliseconds(500) });
        AssertRefused(gateway, "^TRYAGAIN shard 's0' has no master \\((TLS: the peer does not speak TLS|no TLS handshake within 500ms; a plain port keeps silent so)\\); not executed$");
    }

    [Fact]
    public void A_server_that_answers_a_handshake_in_plain_words_is_told()
    {
        using var plain = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        plain.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        plain.Listen();
        var answering = new Thread(() =>
        {
            try
            {
                while (true) plain.Accept().Send("-ERR unknown command\r\n"u8);
            }
            catch (SocketException)
            {
                // The test is over.
            }
        }) { IsBackground = true };
        answering.Start();
        using RealGateway gateway = Gateway("epoll", ((IPEndPoint)plain.LocalEndPoint!).Port, shard => shard with { Tls = SettingsFor("both") });
        AssertRefused(gateway, "^TRYAGAIN shard 's0' has no master \\(TLS: the peer does not speak TLS\\); not executed$");
    }

    [Fact]
    public void A_server_that_says_nothing_to_a_handshake_is_given_up_in_time()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen();
        using RealGateway gateway = Gateway("epoll", ((IPEndPoint)silent.LocalEndPoint!).Port, shard => shard with { Tls = SettingsFor("both"), Timeout = TimeSpan.FromMilliseconds(300) });
        AssertRefused(gateway, "^TRYAGAIN shard 's0' has no master \\(no TLS handshake within 300ms; .*\\); not executed$");
    }

    [Fact]
    public async Task Renewed_certificates_are_used_after_a_reload_and_unchanged_ones_keep_their_links()
    {
        int port = ExternalServer.FreePort();
        using RedisServer redis = RedisServer.Start(["--bind", "127.0.0.1", .. _certificates.Directives(port)]);
        _certificates.Issue("gateway", "1.3.6.1.5.5.7.3.2");
        TlsOptions files = _certificates.Client with { CertificateFile = _certificates.PathOf("gateway.crt"), KeyFile = _certificates.PathOf("gateway.key"), ComparesNames = true };
        using RealGateway gateway = Gateway("epoll", port, shard => shard with { Tls = TlsClientSettings.Load(files) });
        using RespClient client = gateway.Connect();
        Assert.Equal("OK", client.Call("SET", "a", "1").Text);
        using RespClient direct = redis.Connect();
        string[] before = LinkIds(direct);

        Assert.Null(await gateway.Server.ReloadAsync(WithTls(gateway.Server.Options, TlsClientSettings.Load(files))));
        Assert.Equal("1", client.Call("GET", "a").Text);
        Assert.Equal(before, LinkIds(direct));

        _certificates.Issue("gateway", "1.3.6.1.5.5.7.3.2");
        Assert.Null(await gateway.Server.ReloadAsync(WithTls(gateway.Server.Options, TlsClientSettings.Load(files))));
        Assert.Equal("1", client.Call("GET", "a").Text);
        Until(() => !LinkIds(direct).Intersect(before).Any(), () => "old links are still there");
    }

    private static string[] LinkIds(RespClient direct) =>
        [.. direct.Call("CLIENT", "LIST").Text.Split('\n').Where(line => line.Contains("cmd=") && !line.Contains("cmd=client")).Select(line => line.Split(' ')[0])];

    private static GatewayOptions WithTls(GatewayOptions options, TlsClientSettings tls) => options with { Shards = [options.Shards[0] with { Tls = tls }] };

    private static RealGateway Gateway(string transport, int port, Func<ShardDefinition, ShardDefinition> change) =>
        new(OperatingSystem.IsLinux() ? transport : "sockets", [new IPEndPoint(IPAddress.Loopback, port)], All, loops: 1, change: change);

    // At once and again: nothing hangs, and nobody is told of anything that has not been tried.
    private static void AssertRefused(RealGateway gateway, string pattern)
    {
        using RespClient client = gateway.Connect();
        string text = "";
        Until(() => System.Text.RegularExpressions.Regex.IsMatch(text = client.Call("SET", "a", "1").Text, pattern), () => text);
        Assert.Matches("^TRYAGAIN shard 's0' .*; not executed$", client.Call("GET", "a").Text);
        client.Send("HELLO", "3");
        client.ReadReply();
        Assert.Matches("^TRYAGAIN shard 's0' .*; not executed$", client.Call("GET", "a").Text);
        Assert.Matches("^TRYAGAIN shard 's0' .*; not executed$", client.Call("SET", "a", new string('x', 100_000)).Text);
        Assert.Equal("PONG", client.Call("PING").Text);
    }

    private static void Until(Func<bool> condition, Func<string> describe)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, describe());
            Thread.Yield();
        }
    }

    private static byte[] RawOf(RespClient client, params string[] request)
    {
        client.Send(request);
        return client.ReadRaw();
    }

    private RedisServer Server(int tlsPort, string auth, string tls)
    {
        string[] forAuth = auth switch
        {
            "password" => ["--requirepass", Password],
            "user" => ["--user", "app", "on", $"#{Sha256(Password)}", "~*", "&*", "+@all", "--user", "default", "off"],
            _ => [],
        };
        string[] forTls = tls == "none" ? [] : [.. _certificates.Directives(tlsPort), "--tls-auth-clients", tls == "authority" ? "no" : "yes"];
        return RedisServer.Start(["--bind", "127.0.0.1", .. forAuth, .. forTls]);
    }

    private static string Sha256(string text) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));

    private static ShardDefinition WithAuth(ShardDefinition shard, string auth) => auth switch
    {
        "password" => shard with { Password = Password },
        "user" => shard with { User = "app", Password = Password },
        _ => shard,
    };

    private TlsClientSettings? SettingsFor(string tls) => tls switch
    {
        "none" => null,
        "authority" => TlsClientSettings.Load(_certificates.Client with { CertificateFile = "", KeyFile = "", ComparesNames = true }),
        "name" => TlsClientSettings.Load(_certificates.Client with { ComparesNames = true, ServerName = "localhost" }),
        _ => TlsClientSettings.Load(_certificates.Client with { ComparesNames = true }),
    };
}
