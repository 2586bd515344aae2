using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Keyway.Testing.RealServers;
using Keyway.Testing.Tls;

namespace Keyway.Tests.Hosting;

/// <summary>TLS between clients and the gateway, from the map's file on.</summary>
public sealed class ClientTlsTests : IDisposable
{
    private const string ServerPurpose = "1.3.6.1.5.5.7.3.1";
    private const string File = "keyway.yaml";
    private const int PatienceMs = 20_000;

    private readonly TestFolder _folder = new();
    private readonly TestCertificates _certificates = new();
    private readonly TestMap _map = new();

    public void Dispose()
    {
        _folder.Dispose();
        _certificates.Dispose();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public void Clients_are_served_without_a_certificate_of_their_own_where_none_is_asked_for(SslProtocols protocol)
    {
        using KeywayProcess keyway = Start();
        using SslStream client = Connect(identity: null, protocol);
        Assert.Equal(protocol, client.SslProtocol);
        Assert.Equal("+OK\r\n+OK\r\n$3\r\none\r\n", Call(client, 19, "SET n:1 one\r\nSET n:200 two\r\nGET n:1\r\n"));

        string large = new('x', 3_000_000);
        Assert.Equal("+OK\r\n", Call(client, 5, Encoding.Latin1.GetString(RespClient.Encode("SET", "n:1", large))));
        string expected = $"${large.Length}\r\n{large}\r\n";
        Assert.Equal(expected, Call(client, expected.Length, "GET n:1\r\n"));
    }

    [Fact]
    public void With_an_authority_only_clients_with_a_certificate_of_it_are_served()
    {
        using KeywayProcess keyway = Start($", ca: {_certificates.AuthorityFile}");
        using (SslStream client = Connect("client")) Assert.Equal("+PONG\r\n", Call(client, 7, "PING\r\n"));
        using var others = new TestCertificates();
        using (SslStream without = Connect(identity: null)) Assert.ThrowsAny<IOException>(() => Call(without, 7, "PING\r\n"));
        keyway.WaitFor("no TLS could be agreed on");
        _certificates.IssueExpired("expired");
        using SslStream late = Connect("expired");
        Assert.ThrowsAny<IOException>(() => Call(late, 7, "PING\r\n"));
    }

    [Fact]
    public void Redis_cli_is_served_with_its_certificate()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using KeywayProcess keyway = Start($", ca: {_certificates.AuthorityFile}");
        var start = new ProcessStartInfo("redis-cli", [.. _certificates.RedisCliArguments, "-h", "localhost", "-p", $"{_map.Port}", "MSET", "n:1", "one", "n:200", "two"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process cli = Process.Start(start)!;
        string output = cli.StandardOutput.ReadToEnd() + cli.StandardError.ReadToEnd();
        cli.WaitForExit();
        Assert.Equal("OK\n", output);
    }

    [Fact]
    public void A_renewed_certificate_is_shown_after_a_reload_and_nobody_is_cut()
    {
        using KeywayProcess keyway = Start();
        using SslStream early = Connect(identity: null);
        Assert.Equal("CN=server", early.RemoteCertificate!.Subject);

        _certificates.Issue("renewed", ServerPurpose);
        System.IO.File.Copy(_certificates.PathOf("renewed.crt"), _certificates.PathOf("server.crt"), overwrite: true);
        System.IO.File.Copy(_certificates.PathOf("renewed.key"), _certificates.PathOf("server.key"), overwrite: true);
        keyway.Signal(KeywayProcess.Hangup);
        keyway.WaitFor("Reload (SIGHUP): keyway.yaml is served now.");

        using SslStream late = Connect(identity: null);
        Assert.Equal("CN=renewed", late.RemoteCertificate!.Subject);
        Assert.Equal("+PONG\r\n", Call(early, 7, "PING\r\n"));

        // A file that cannot be used changes nothing.
        System.IO.File.WriteAllText(_certificates.PathOf("server.key"), "nonsense");
        keyway.Signal(KeywayProcess.Hangup);
        keyway.WaitFor("the map is wrong, the old one is kept");
        using SslStream still = Connect(identity: null);
        Assert.Equal("CN=renewed", still.RemoteCertificate!.Subject);
    }

    [Fact]
    public void A_pool_goes_from_plain_to_TLS_and_back_while_its_clients_stay()
    {
        _folder.Write(File, _map.Yaml());
        using KeywayProcess keyway = KeywayProcess.Start(_folder.Path, "-c", File).WaitUntilReady();
        using RespClient plain = RespClient.Connect(_map.Port);
        Assert.Equal("PONG", plain.Call("PING").Text);

        _folder.Replace(File, _map.Yaml(pool: Tls("")));
        keyway.WaitFor("Reload (the file changed): keyway.yaml is served now.");
        using SslStream secured = Connect(identity: null);
        Assert.Equal("+PONG\r\n", Call(secured, 7, "PING\r\n"));
        Assert.Equal("PONG", plain.Call("PING").Text);

        _folder.Replace(File, _map.Yaml());
        keyway.WaitFor("Reload (the file changed): keyway.yaml is served now.", times: 2);
        using RespClient again = RespClient.Connect(_map.Port);
        Assert.Equal("PONG", again.Call("PING").Text);
        Assert.Equal("+PONG\r\n", Call(secured, 7, "PING\r\n"));
    }

    [Fact]
    public void Who_speaks_plainly_to_a_TLS_port_is_closed_and_the_log_says_why()
    {
        using KeywayProcess keyway = Start();
        using RespClient client = RespClient.Connect(_map.Port);
        client.SendRaw("*1\r\n$4\r\nPING\r\n");
        Assert.True(client.IsClosedByPeer());
        keyway.WaitFor("Closed a client of pool main at 127.0.0.1:").WaitFor("no TLS could be agreed on (the peer does not speak TLS)");
    }

    [Fact]
    public void Who_speaks_TLS_to_a_plain_port_is_closed_and_the_log_says_why()
    {
        _folder.Write(File, _map.Yaml());
        using KeywayProcess keyway = KeywayProcess.Start(_folder.Path, "-c", File).WaitUntilReady();
        Assert.ThrowsAny<Exception>(() => Connect(identity: null).Dispose());
        keyway.WaitFor("it speaks TLS, and the pool has none");
    }

    [Theory]
    [InlineData("cert: nowhere.crt, key: {0}", "Failed to load certificate: nowhere.crt: No such file or directory")]
    [InlineData("cert: {1}, key: nowhere.key", "Failed to load private key: nowhere.key: No such file or directory")]
    [InlineData("cert: {1}, key: {0}, ca: nowhere.pem", "Failed to configure CA certificate(s) file/directory: nowhere.pem: No such file or directory")]
    public void Files_that_cannot_be_used_stop_the_start_with_their_line(string tls, string expected)
    {
        tls = string.Format(tls, _certificates.PathOf("server.key"), _certificates.PathOf("server.crt"));
        _folder.Write(File, _map.Yaml(pool: $"tls: {{ {tls} }}"));
        (int code, _, string error) = KeywayProcess.Run(_folder.Path, "-c", File);
        Assert.Equal(78, code);
        Assert.Equal($"keyway.yaml:11:1: pool 'main': {expected}; mend the file or its path in 'tls'\n", error);
        Assert.Equal((78, "", error), KeywayProcess.Run(_folder.Path, "check", "-c", File));
    }

    [Fact]
    public void Who_does_not_finish_the_handshake_or_is_too_old_for_it_is_hung_up_on_and_keeps_nobody_waiting()
    {
        using KeywayProcess keyway = Start();
        Socket[] dawdling = [.. Enumerable.Range(0, 200).Select(_ => ConnectBare())];
        byte[] hello = HelloOfTls11();
        foreach (Socket socket in dawdling) socket.Send(hello.AsSpan(0, hello.Length - 1));
        foreach (Socket socket in dawdling.Take(50)) socket.Dispose();

        using SslStream client = Connect(identity: null);
        for (int i = 0; i < 50; i++) Assert.Equal("+PONG\r\n", Call(client, 7, "PING\r\n"));
        using (Socket old = ConnectBare())
        {
            old.Send(hello);
            Assert.True(IsEnded(old));
        }

        Assert.All(dawdling.Skip(50), socket => Assert.True(IsEnded(socket)));
        Assert.Equal("+PONG\r\n", Call(client, 7, "PING\r\n"));
        foreach (Socket socket in dawdling) socket.Dispose();
    }

    private KeywayProcess Start(string more = "")
    {
        _folder.Write(File, _map.Yaml(pool: Tls(more)));
        return KeywayProcess.Start(_folder.Path, "-c", File).WaitUntilReady();
    }

    private string Tls(string more) => $"tls: {{ cert: {_certificates.PathOf("server.crt")}, key: {_certificates.PathOf("server.key")}{more} }}";

    private SslStream Connect(string? identity, SslProtocols protocol = SslProtocols.None)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = PatienceMs, SendTimeout = PatienceMs };
        socket.Connect(new IPEndPoint(IPAddress.Loopback, _map.Port));
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        stream.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = protocol,
            ClientCertificates = identity is null ? null : [_certificates.Usable(identity)],
            LocalCertificateSelectionCallback = identity is null ? null : (_, _, own, _, _) => own[0],

            // Whose certificate it is, is looked at by those who care.
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        });
        return stream;
    }

    private Socket ConnectBare()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = PatienceMs };
        socket.Connect(new IPEndPoint(IPAddress.Loopback, _map.Port));
        return socket;
    }

    // An alert may come first.
    private static bool IsEnded(Socket socket)
    {
        byte[] buffer = new byte[256];
        try
        {
            while (socket.Receive(buffer) > 0)
            {
            }

            return true;
        }
        catch (SocketException ended)
        {
            return ended.SocketErrorCode == SocketError.ConnectionReset;
        }
    }

    // Record, hello, version 3.2, random bytes, no session, three ciphers, no compression; P-256 and uncompressed points.
    private static byte[] HelloOfTls11()
    {
        byte[] body = [0x03, 0x02, .. new byte[32], 0, 0, 6, 0xC0, 0x13, 0xC0, 0x09, 0x00, 0x2F, 1, 0, 0, 14, 0, 10, 0, 4, 0, 2, 0, 0x17, 0, 11, 0, 2, 1, 0];
        return [0x16, 0x03, 0x01, 0, (byte)(body.Length + 4), 1, 0, 0, (byte)body.Length, .. body];
    }

    private static string Call(SslStream client, int expectedLength, string requests)
    {
        client.Write(Encoding.Latin1.GetBytes(requests));
        byte[] reply = new byte[expectedLength];
        client.ReadExactly(reply);
        return Encoding.Latin1.GetString(reply);
    }
}
