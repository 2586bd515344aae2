using System.Net;
using Keyway.Platform.Simulation;
using Keyway.Platform.Tests.Contract;
using Keyway.Platform.Tls;
using Keyway.Testing.Tls;

namespace Keyway.Platform.Tests.Tls;

/// <summary>Whatever comes, one connection ends and the loop goes on; and what a handler hears is what the other end said, or its beginning.</summary>
public sealed class TlsHostileTests : IClassFixture<TestCertificates>
{
    private static readonly IPEndPoint Address = new(IPAddress.Loopback, 6380);
    private static readonly IPEndPoint Between = new(IPAddress.Loopback, 6381);

    private readonly TlsServerSettings server;
    private readonly TlsClientSettings client;
    private readonly List<Exception> unhandled = [];

    public TlsHostileTests(TestCertificates certificates)
    {
        server = TlsServerSettings.Load(certificates.Server);
        client = TlsClientSettings.Load(certificates.Client);
    }

    [Fact]
    public void Noise_in_place_of_a_handshake_ends_the_connection_and_nothing_else()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var network = new SimulatedNetwork((ulong)seed) { DeliverRandomLengths = true };
            var handler = new TestPeer();
            Listen(network, handler);
            SimulatedPeer peer = network.Connect(Address);
            network.RunUntilIdle();

            byte[] noise = new byte[random.Next(1, 40_000)];
            random.NextBytes(noise);
            if (seed % 2 == 0) ((byte[])[0x16, 3, 1, 0, (byte)random.Next(256), 1, 0, 0, (byte)random.Next(256), 3, 3])[..Math.Min(11, noise.Length)].CopyTo(noise, 0);
            peer.Send(noise);
            network.RunUntilIdle();
            peer.EndOutput();
            network.RunUntilIdle();
            network.Advance(TimeSpan.FromSeconds(10));

            Assert.True(handler.HasClosed, $"seed {seed}");
            Assert.Equal("closed", handler.Calls);
            Assert.Empty(unhandled);
        }
    }

    [Fact]
    public void A_changed_bit_anywhere_is_noticed()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            bool isClients = random.Next(2) == 0;
            int at = random.Next(isClients ? 4_000 : 3_000);
            byte bit = (byte)(1 << random.Next(8));
            int seen = 0;
            Converse(seed, (bytes, fromClient) =>
            {
                if (fromClient != isClients) return;
                int within = at - seen;
                seen += bytes.Length;
                if (within >= 0 && within < bytes.Length) bytes[within] ^= bit;
            });
        }
    }

    [Fact]
    public void A_connection_cut_anywhere_delivers_no_more_than_was_said()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            int left = new Random(seed).Next(5_000);
            Converse(seed, (bytes, _) =>
            {
                left -= bytes.Length;
                if (left < 0) throw new OperationCanceledException();
            });
        }
    }

    [Fact]
    public void Who_dawdles_in_the_handshake_is_hung_up_on()
    {
        var network = new SimulatedNetwork(1);
        var silent = new TestPeer();
        Listen(network, silent);
        SimulatedPeer peer = network.Connect(Address);
        network.RunUntilIdle();

        // A byte a second: never idle, never done.
        for (int second = 0; second < 4; second++)
        {
            peer.Send([(byte)(second == 0 ? 0x16 : 3)]);
            network.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.False(silent.HasClosed);

        network.Advance(TimeSpan.FromSeconds(1));
        network.RunUntilIdle();
        Assert.True(silent.HasClosed);
        Assert.Contains("in time", Assert.IsType<TlsException>(silent.Error).Message);
        Assert.True(peer.IsClosed || peer.InputEnded);
    }

    private void Listen(SimulatedNetwork network, TestPeer handler)
    {
        EventLoop loop = network.CreateLoop();
        loop.Unhandled = unhandled.Add;
        loop.Listen(Address, new OneHandler(loop, handler), new ListenOptions { Tls = server });
    }

    /// <summary>Client and server talk through somebody who may change the bytes, or cut (by throwing).</summary>
    private void Converse(int seed, Action<byte[], bool> meddle)
    {
        const string Request = "a request of some length that is said five times. ";
        var network = new SimulatedNetwork((ulong)seed) { DeliverRandomLengths = true };
        var serving = new TestPeer { WhenReceived = (peer, bytes) => peer.Connection.Send(bytes.Span) };
        Listen(network, serving);
        SimulatedPeer far = network.Connect(Address);
        network.RunUntilIdle();
        SimulatedServer between = network.Listen(Between);
        between.WhenAccepted = near =>
        {
            near.WhenReceived = _ => Pass(near, far, fromClient: true);
            far.WhenReceived = _ => Pass(far, near, fromClient: false);
        };
        EventLoop loop = network.CreateLoop();
        loop.Unhandled = unhandled.Add;
        int said = 0;
        var asking = new TestPeer { WhenConnected = Ask, WhenReceived = (peer, _) => Ask(peer) };
        loop.Post(() => loop.Connect(Between, asking, client));

        network.RunUntilIdle();
        network.Advance(TimeSpan.FromSeconds(10));
        network.RunUntilIdle();

        string all = string.Concat(Enumerable.Repeat(Request, 200));
        Assert.StartsWith(serving.Text, all);
        Assert.StartsWith(asking.Text, all);
        Assert.Empty(unhandled);

        void Ask(TestPeer peer)
        {
            if (said++ < 5) peer.Send(Request);
        }

        void Pass(SimulatedPeer from, SimulatedPeer to, bool fromClient)
        {
            byte[] bytes = from.TakeReceived();
            try
            {
                meddle(bytes, fromClient);
                to.Send(bytes);
            }
            catch (OperationCanceledException)
            {
                from.Abort();
                to.Close();
            }
        }
    }

    private sealed class OneHandler(EventLoop loop, TestPeer handler) : IAcceptor
    {
        public void OnAccepted(AcceptedConnection accepted) => loop.Adopt(accepted, handler);
    }
}
