using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Keyway.Platform;
using Keyway.Platform.Tls;
using Keyway.Shard.Configuration;
using Keyway.Testing.RealServers;
using Keyway.Testing.Tls;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyway.Shard.Tests.Tls;

/// <summary>A shard on real sockets whose clients speak TLS.</summary>
public sealed class TlsPortTests : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private readonly TestCertificates _certificates = new();
    private readonly List<IDisposable> _running = [];

    [Fact]
    public void Clients_are_served_over_TLS_alone_when_there_is_no_plain_port()
    {
        int port = Start("--port", "0");
        using SslStream client = Connect(port, "client");

        Assert.Equal("+OK\r\n", Call(client, "SET", "k", "v"));
        Assert.Equal("$1\r\nv\r\n", Call(client, "GET", "k"));
        Assert.Contains($"tcp_port:{port}\r\n", Call(client, "INFO", "server"));
        Assert.Equal($"*4\r\n$8\r\ntls-port\r\n${$"{port}".Length}\r\n{port}\r\n$4\r\nport\r\n$1\r\n0\r\n", Call(client, "CONFIG", "GET", "tls-port", "port"));
        Assert.Matches(@"addr=127\.0\.0\.1:\d+ laddr=127\.0\.0\.1:\d+ fd=\d+ ", Call(client, "CLIENT", "LIST"));
    }

    [Fact]
    public void Both_ports_serve_the_same_keys()
    {
        int plain = ExternalServer.FreePort();
        int port = Start("--port", $"{plain}");
        using SslStream secured = Connect(port, "client");
        using RespClient open = RespClient.Connect(plain);

        Assert.Equal("+OK\r\n", Call(secured, "SET", "k", "v"));
        Assert.Equal("v", open.Call("GET", "k").Text);
    }

    [Fact]
    public void Large_values_and_long_pipelines_come_through_whole()
    {
        int port = Start("--port", "0");
        using SslStream client = Connect(port, "client");
        string large = new('x', 5_000_000);
        Assert.Equal("+OK\r\n", Call(client, "SET", "large", large));
        Assert.Equal($"${large.Length}\r\n{large}\r\n", Call(client, "GET", "large"));

        const int count = 20_000;
        byte[] one = RespClient.Encode("INCR", "n");
        using var pipeline = new MemoryStream();
        for (int i = 0; i < count; i++) pipeline.Write(one);
        var writing = new Thread(() => client.Write(pipeline.ToArray()));
        writing.Start();
        string expected = string.Concat(Enumerable.Range(1, count).Select(number => $":{number}\r\n"));
        Assert.Equal(expected, Read(client, expected.Length));
        writing.Join();
    }

    [Fact]
    public void Who_shows_no_certificate_is_let_in_only_where_none_is_asked_for()
    {
        int port = Start("--port", "0");
        Assert.ThrowsAny<IOException>(() => Call(Connect(port, ""), "PING"));

        using SslStream client = Connect(port, "client");
        Assert.Equal("+OK\r\n", Call(client, "CONFIG", "SET", "tls-auth-clients", "optional"));
        using SslStream stranger = Connect(port, "");
        Assert.Equal("+PONG\r\n", Call(stranger, "PING"));
    }

    [Fact]
    public void Certificates_are_exchanged_while_it_runs_also_under_the_same_names()
    {
        int port = Start("--port", "0");
        using SslStream early = Connect(port, "client");
        Assert.Equal("CN=server", early.RemoteCertificate!.Subject);

        _certificates.Issue("renewed", "1.3.6.1.5.5.7.3.1");
        File.Copy(_certificates.PathOf("renewed.crt"), _certificates.PathOf("server.crt"), overwrite: true);
        File.Copy(_certificates.PathOf("renewed.key"), _certificates.PathOf("server.key"), overwrite: true);
        Assert.Equal("+OK\r\n", Call(early, "CONFIG", "SET", "tls-cert-file", _certificates.PathOf("server.crt")));

        using SslStream late = Connect(port, "client");
        Assert.Equal("CN=renewed", late.RemoteCertificate!.Subject);
        Assert.Equal("+PONG\r\n", Call(early, "PING"));
    }

    [Fact]
    public void Wrong_files_are_refused_while_it_runs_and_what_held_before_still_holds()
    {
        int port = Start("--port", "0");
        using SslStream client = Connect(port, "client");
        const string NotUpdated = "Unable to update TLS configuration. Check server logs.";

        Assert.Equal($"-ERR CONFIG SET failed (possibly related to argument 'tls-cert-file') - {NotUpdated}\r\n", Call(client, "CONFIG", "SET", "tls-cert-file", "/nonexistent"));
        Assert.Equal($"-ERR CONFIG SET failed (possibly related to argument 'tls-protocols') - {NotUpdated}\r\n", Call(client, "CONFIG", "SET", "tls-protocols", "foo"));
        Assert.Equal($"-ERR CONFIG SET failed (possibly related to argument 'tls-ca-cert-file') - {NotUpdated}\r\n", Call(client, "CONFIG", "SET", "tls-ca-cert-file", ""));
        Assert.Contains(_certificates.PathOf("server.crt"), Call(client, "CONFIG", "GET", "tls-cert-file"));
        using SslStream another = Connect(port, "client");
        Assert.Equal("+PONG\r\n", Call(another, "PING"));
    }

    [Fact]
    public void The_port_may_be_opened_moved_and_closed_while_it_runs()
    {
        int plain = ExternalServer.FreePort(), first = ExternalServer.FreePort(), second = ExternalServer.FreePort();
        Serve("--port", $"{plain}", "--bind", "127.0.0.1");
        using RespClient client = RespClient.Connect(plain);
        Assert.Equal(
            "ERR CONFIG SET failed (possibly related to argument 'tls-port') - Unable to update TLS configuration. Check server logs.",
            client.Call("CONFIG", "SET", "tls-port", $"{first}").Text);

        TlsOptions files = _certificates.Server;
        Assert.Equal("OK", client.Call(
            "CONFIG", "SET", "tls-port", $"{first}", "tls-cert-file", files.CertificateFile, "tls-key-file", files.KeyFile, "tls-ca-cert-file", files.AuthorityFile).Text);
        using SslStream early = Connect(first, "client");
        Assert.Equal("OK", client.Call("CONFIG", "SET", "tls-port", $"{second}").Text);
        Assert.Throws<SocketException>(() => Connect(first, "client"));
        using SslStream late = Connect(second, "client");
        Assert.Equal("OK", client.Call("CONFIG", "SET", "tls-port", "0").Text);
        Assert.Throws<SocketException>(() => Connect(second, "client"));
        Assert.Equal("+PONG\r\n", Call(early, "PING"));
        Assert.Equal("+PONG\r\n", Call(late, "PING"));

        // A port that is taken changes nothing.
        Assert.Equal(
            "ERR CONFIG SET failed (possibly related to argument 'tls-port') - Unable to listen on this port. Check server logs.",
            client.Call("CONFIG", "SET", "tls-port", $"{plain}").Text);
        using RespClient again = RespClient.Connect(plain);
        Assert.Equal("PONG", again.Call("PING").Text);
    }

    [Theory]
    [InlineData("No tls-cert-file configured!", "--tls-port", "1")]
    [InlineData("No tls-cert-file configured!", "--tls-replication", "yes")]
    [InlineData("Either tls-ca-cert-file or tls-ca-cert-dir must be specified when tls-cluster, tls-replication or tls-auth-clients are enabled!", "--tls-port", "1", "--tls-cert-file", "/a", "--tls-key-file", "/b")]
    [InlineData("Failed to load certificate: /nonexistent/a: No such file or directory", "--tls-port", "1", "--tls-cert-file", "/nonexistent/a", "--tls-key-file", "/b", "--tls-auth-clients", "no")]
    public void A_start_with_wrong_files_fails_and_says_why(string reason, params string[] options)
    {
        using EventLoop loop = EventLoops.Create(TimeProvider.System);
        var failed = Assert.Throws<TlsConfigurationException>(() => new ShardServer(loop, ShardOptions.FromCommandLine(["--port", "0", .. options]), NullLogger.Instance));
        Assert.Equal(reason, failed.Message);
    }

    [Fact]
    public void Redis_cli_is_served()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        int port = Start("--port", "0");
        Assert.Equal("OK\n", RedisCli(port, _certificates.RedisCliArguments, "SET", "k", "v"));
        Assert.Equal("v\n", RedisCli(port, [.. _certificates.RedisCliArguments, "-3"], "GET", "k"));
        string[] tls12 = [.. _certificates.RedisCliArguments, "--tls-ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256"];
        Assert.Equal("v\n", RedisCli(port, tls12, "GET", "k"));
        Assert.DoesNotContain("v\n", RedisCli(port, ["--tls", "--cacert", _certificates.AuthorityFile], "GET", "k"));
        Assert.DoesNotContain("v\n", RedisCli(port, [], "GET", "k"));
    }

    public void Dispose()
    {
        foreach (IDisposable one in _running) one.Dispose();
        _certificates.Dispose();
    }

    /// <summary>Starts it with a TLS port, which is returned.</summary>
    private int Start(params string[] options)
    {
        int port = ExternalServer.FreePort();
        Serve(["--bind", "127.0.0.1", .. _certificates.Directives(port), .. options]);
        return port;
    }

    private void Serve(params string[] options)
    {
        EventLoop loop = EventLoops.Create(TimeProvider.System);
        ShardOptions parsed = ShardOptions.FromCommandLine(options);
        var server = new ShardServer(loop, parsed, NullLogger.Instance);
        foreach (ListenPlace place in parsed.EndPoints()) server.Listen(place);
        var thread = new Thread(loop.Run) { IsBackground = true };
        thread.Start();
        _running.Add(loop);
    }

    private SslStream Connect(int port, string shown)
    {
        var socket = new TcpClient { ReceiveTimeout = (int)Guard.TotalMilliseconds, SendTimeout = (int)Guard.TotalMilliseconds };
        socket.Connect(IPAddress.Loopback, port);
        var client = new SslStream(socket.GetStream());
        client.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ClientCertificates = shown.Length == 0 ? null : [_certificates.Usable(shown)],
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        });
        return client;
    }

    /// <summary>One request; the raw reply, which is one line or one bulk string, or an array of these.</summary>
    private static string Call(SslStream client, params string[] request)
    {
        client.Write(RespClient.Encode(request));
        var reply = new StringBuilder();
        ReadValue(client, reply);
        return reply.ToString();
    }

    private static void ReadValue(SslStream client, StringBuilder reply)
    {
        int start = reply.Length;
        do reply.Append(Read(client, 1));
        while (reply[^1] != '\n');

        string header = reply.ToString(start, reply.Length - start - 2);
        if (header[0] is not ('$' or '*') || header[1] == '-') return;
        int count = int.Parse(header.AsSpan(1));
        if (header[0] == '$') reply.Append(Read(client, count + 2));
        else for (int i = 0; i < count; i++) ReadValue(client, reply);
    }

    private static string Read(SslStream client, int length)
    {
        byte[] bytes = new byte[length];
        client.ReadExactly(bytes);
        return Encoding.Latin1.GetString(bytes);
    }

    private static string RedisCli(int port, string[] options, params string[] command)
    {
        var start = new ProcessStartInfo("redis-cli") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["-h", "127.0.0.1", "-p", $"{port}", .. options, .. command]) start.ArgumentList.Add(argument);
        using Process cli = Process.Start(start)!;
        Task<string> output = cli.StandardOutput.ReadToEndAsync();
        if (!cli.WaitForExit(Guard)) cli.Kill();
        return output.GetAwaiter().GetResult();
    }
}
