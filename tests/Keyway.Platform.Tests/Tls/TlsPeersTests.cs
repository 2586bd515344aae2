using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keyway.Platform.Tests.Contract;
using Keyway.Platform.Tls;
using Keyway.Testing.Tls;

namespace Keyway.Platform.Tests.Tls;

/// <summary>TLS as others speak it: an SslStream over a socket at the other end.</summary>
public sealed class TlsPeersTests : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private readonly TestCertificates certificates = new();

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Both_versions_are_spoken_and_much_goes_both_ways(SslProtocols protocol)
    {
        const int length = 8 * 1024 * 1024;
        await using LoopWorld world = NewWorld(certificates.Server);
        TestServer server = await TestServer.Start(world, world.NewLoop(), () => new PatientEcho().Peer);
        using SslStream client = await Connect(server, protocol, "client");
        Assert.Equal(protocol, client.SslProtocol);

        byte[] data = new byte[length];
        new Random(1).NextBytes(data);
        Task writing = client.WriteAsync(data).AsTask();
        byte[] echoed = new byte[length];
        await client.ReadExactlyAsync(echoed).AsTask().WaitAsync(Guard);
        await writing.WaitAsync(Guard);
        Assert.Equal(data, echoed);
    }

    [Fact]
    public async Task Bytes_that_come_one_by_one_are_as_good()
    {
        await using LoopWorld world = NewWorld(certificates.Server);
        TestServer server = await TestServer.Start(world, world.NewLoop());
        using TcpClient socket = await Open(server);
        using var client = new SslStream(new SlowWriting(socket.GetStream()));
        await Authenticate(client, SslProtocols.Tls13, "client").WaitAsync(Guard);

        await client.WriteAsync("hello"u8.ToArray());
        byte[] echoed = new byte[5];
        await client.ReadExactlyAsync(echoed).AsTask().WaitAsync(Guard);
        Assert.Equal("hello", Encoding.ASCII.GetString(echoed));
    }

    [Theory]
    [InlineData(ClientCertificates.Required, "client", true)]
    [InlineData(ClientCertificates.Required, "", false)]
    [InlineData(ClientCertificates.Required, "expired", false)]
    [InlineData(ClientCertificates.Required, "stranger", false)]
    [InlineData(ClientCertificates.Required, "server-only", false)]
    [InlineData(ClientCertificates.Optional, "", true)]
    [InlineData(ClientCertificates.Optional, "client", true)]
    [InlineData(ClientCertificates.Optional, "stranger", false)]
    [InlineData(ClientCertificates.Ignored, "", true)]
    [InlineData(ClientCertificates.Ignored, "stranger", true)]
    public async Task Clients_are_let_in_by_their_certificates(ClientCertificates wanted, string shown, bool isLetIn)
    {
        using var elsewhere = new TestCertificates();
        elsewhere.Issue("stranger", "1.3.6.1.5.5.7.3.2");
        foreach (string file in (string[])["stranger.crt", "stranger.key"]) File.Copy(elsewhere.PathOf(file), certificates.PathOf(file));
        certificates.IssueExpired("expired");
        certificates.Issue("server-only", "1.3.6.1.5.5.7.3.1");
        await using LoopWorld world = NewWorld(certificates.Server with { Clients = wanted });
        TestServer server = await TestServer.Start(world, world.NewLoop());

        // With TLS 1.3 a client learns that it is refused only when it reads.
        string answer;
        try
        {
            using SslStream client = await Connect(server, SslProtocols.Tls13, shown);
            await client.WriteAsync("ping"u8.ToArray());
            byte[] echoed = new byte[4];
            await client.ReadExactlyAsync(echoed).AsTask().WaitAsync(Guard);
            answer = Encoding.ASCII.GetString(echoed);
        }
        catch (Exception refused) when (refused is IOException or AuthenticationException)
        {
            answer = "";
        }

        Assert.Equal(isLetIn ? "ping" : "", answer);
        TestPeer peer = await server.Accepted();
        await world.Until(peer.Closed());
        if (isLetIn) return;
        var error = Assert.IsType<TlsException>(peer.Error);
        Assert.True(error.IsHandshake);
        Assert.Contains(shown.Length == 0 ? "no certificate" : "not trusted", error.Message);
        Assert.Equal("closed", peer.Calls);
    }

    [Fact]
    public async Task Our_client_refuses_a_server_of_another_authority()
    {
        using var elsewhere = new TestCertificates();
        await using LoopWorld world = NewWorld(certificates.Server);
        TestServer server = await TestServer.Start(world, world.NewLoop());
        EventLoop loop = world.NewLoop();
        var client = new TestPeer();

        await world.On(loop, () => loop.Connect(server.EndPoint, client, TlsClientSettings.Load(certificates.Client with { AuthorityFile = elsewhere.AuthorityFile })));

        await world.Until(client.Closed());
        Assert.Contains("not trusted", Assert.IsType<TlsException>(client.Error).Message);
        Assert.Equal("closed", client.Calls);
    }

    [Theory]
    [InlineData("PING\r\n")]
    [InlineData("*1\r\n$4\r\nPING\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: here\r\n\r\n")]
    public async Task Who_speaks_plainly_is_hung_up_on(string words)
    {
        await using LoopWorld world = NewWorld(certificates.Server);
        TestServer server = await TestServer.Start(world, world.NewLoop());
        using TcpClient client = await Open(server);

        client.GetStream().Write(Encoding.ASCII.GetBytes(words));

        TestPeer peer = await server.Accepted();
        await world.Until(peer.Closed());
        Assert.True(Assert.IsType<TlsException>(peer.Error).IsHandshake);
        Assert.Equal("closed", peer.Calls);
        client.ReceiveTimeout = (int)Guard.TotalMilliseconds;
        byte[] rest = new byte[100];
        int got = client.GetStream().Read(rest);
        Assert.DoesNotContain("PONG", Encoding.ASCII.GetString(rest, 0, got));
    }

    [Fact]
    public async Task Many_handshakes_take_turns_and_all_come_to_an_end()
    {
        // Every look at this clock finds it later, so that each step takes longer than handshakes may in one turn of the loop.
        var clock = new HurriedTime();
        TimeSpan patience = TimeSpan.FromDays(1);
        await using var world = new ThreadedWorld(() => EventLoops.Create(clock), ThreadedWorld.Kind.Tcp)
        {
            ServerTls = TlsServerSettings.Load(certificates.Server with { HandshakeLimit = patience }),
            ClientTls = TlsClientSettings.Load(certificates.Client with { HandshakeLimit = patience }),
        };
        TestServer server = await TestServer.Start(world, world.NewLoop());
        EventLoop loop = world.NewLoop();
        TestPeer[] clients = [.. Enumerable.Range(0, 40).Select(number => new TestPeer { WhenConnected = peer => peer.Send($"hello {number}") })];

        await world.On(loop, () =>
        {
            foreach (TestPeer client in clients) world.Connect(loop, server.EndPoint, client);
        });

        for (int i = 0; i < clients.Length; i++) await world.Until(clients[i].Received($"hello {i}"));
    }

    [Fact]
    public async Task Who_has_ended_its_side_still_gets_its_reply()
    {
        await using LoopWorld world = NewWorld(certificates.Server);
        TestServer server = await TestServer.Start(world, world.NewLoop(), () => new TestPeer
        {
            WhenEnded = peer =>
            {
                peer.Send("late reply");
                peer.Connection.Close();
            },
        });
        using SslStream client = await Connect(server, SslProtocols.Tls13, "client");

        await client.WriteAsync("GET a"u8.ToArray());
        await client.ShutdownAsync();

        using var reader = new StreamReader(client);
        Assert.Equal("late reply", await reader.ReadToEndAsync().WaitAsync(Guard));
        TestPeer peer = server.Peer(0);
        Assert.Equal("GET a", peer.Text);
        await world.Until(peer.Closed());
        Assert.Null(peer.Error);
    }

    [Fact]
    public async Task What_was_taken_before_a_close_reaches_a_slow_reader()
    {
        const int length = 32 * 1024 * 1024;         // more than the buffers of both ends may grow to
        await using LoopWorld world = NewWorld(certificates.Server);
        var taken = new TaskCompletionSource<int>();
        TestServer server = await TestServer.Start(world, world.NewLoop(), () => new TestPeer
        {
            WhenReceived = (peer, _) =>
            {
                taken.SetResult(peer.Connection.Send(new byte[length]));
                peer.Connection.Close();
            },
        });
        using SslStream client = await Connect(server, SslProtocols.Tls13, "client");
        await client.WriteAsync("x"u8.ToArray());
        int expected = await world.Until(taken.Task);

        // Only now does it read; the server's handler has long been told of the end.
        await world.Until(server.Peer(0).Closed());
        byte[] all = new byte[expected];
        await client.ReadExactlyAsync(all).AsTask().WaitAsync(Guard);
        Assert.Equal(0, await client.ReadAsync(all).AsTask().WaitAsync(Guard));
        Assert.InRange(expected, 1, length - 1);
    }

    [Fact]
    public async Task Other_certificates_are_shown_to_who_comes_later_and_nobody_is_cut()
    {
        await using LoopWorld world = NewWorld(certificates.Server);
        EventLoop serving = world.NewLoop();
        TestServer server = await TestServer.Start(world, serving);
        using SslStream early = await Connect(server, SslProtocols.Tls13, "client");
        certificates.Issue("renewed", "1.3.6.1.5.5.7.3.1");
        TlsOptions renewed = certificates.Server with { CertificateFile = certificates.PathOf("renewed.crt"), KeyFile = certificates.PathOf("renewed.key") };

        await world.On(serving, () => server.Listener.SetTls(TlsServerSettings.Load(renewed)));

        using SslStream late = await Connect(server, SslProtocols.Tls13, "client");
        Assert.Equal("CN=server", early.RemoteCertificate!.Subject);
        Assert.Equal("CN=renewed", late.RemoteCertificate!.Subject);
        foreach (SslStream client in (SslStream[])[early, late])
        {
            await client.WriteAsync("ping"u8.ToArray());
            byte[] echoed = new byte[4];
            await client.ReadExactlyAsync(echoed).AsTask().WaitAsync(Guard);
            Assert.Equal("ping"u8.ToArray(), echoed);
        }
    }

    public void Dispose() => certificates.Dispose();

    private static ThreadedWorld NewWorld(TlsOptions options) =>
        new(() => EventLoops.Create(TimeProvider.System), ThreadedWorld.Kind.Tcp) { ServerTls = TlsServerSettings.Load(options with { HandshakeLimit = Guard }) };

    private static async Task<TcpClient> Open(TestServer server)
    {
        var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)server.EndPoint).WaitAsync(Guard);
        return client;
    }

    private async Task<SslStream> Connect(TestServer server, SslProtocols protocol, string shown)
    {
        var client = new SslStream((await Open(server)).GetStream());
        await Authenticate(client, protocol, shown).WaitAsync(Guard);
        return client;
    }

    private Task Authenticate(SslStream client, SslProtocols protocol, string shown) => client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
    {
        TargetHost = "localhost",
        EnabledSslProtocols = protocol,
        ClientCertificates = shown.Length == 0 ? null : [certificates.Usable(shown)],
        LocalCertificateSelectionCallback = shown.Length == 0 ? null : (_, _, local, _, _) => local[0],
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
    });

    private sealed class HurriedTime : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Interlocked.Add(ref ticks, 5);
    }

    /// <summary>Sends back what comes, and does not read on while it cannot.</summary>
    private sealed class PatientEcho
    {
        private readonly Queue<byte> waiting = new();

        public PatientEcho() => Peer = new TestPeer { WhenReceived = (_, bytes) => Send(bytes.Span), WhenWritable = _ => Send([]) };

        public TestPeer Peer { get; }

        private void Send(ReadOnlySpan<byte> bytes)
        {
            byte[] all = [.. waiting, .. bytes];
            waiting.Clear();
            int taken = Peer.Connection.Send(all);
            foreach (byte rest in all.AsSpan(taken)) waiting.Enqueue(rest);
            if (waiting.Count > 0) Peer.Connection.PauseReading();
            else Peer.Connection.ResumeReading();
        }
    }

    /// <summary>Each byte is a packet of its own.</summary>
    private sealed class SlowWriting(NetworkStream socket) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => socket.ReadAsync(buffer, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            socket.Socket.NoDelay = true;
            for (int i = 0; i < buffer.Length; i++) await socket.WriteAsync(buffer.Slice(i, 1), cancellationToken);
        }

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
