using Keyway.Platform.Simulation;
using Keyway.Platform.Sockets;
using Keyway.Platform.Tls;
using Keyway.Testing.Tls;

namespace Keyway.Platform.Tests.Contract;

public sealed class EpollTlsTests : TlsContract
{
    protected override LoopWorld NewWorld()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("epoll is Linux's");
        return new ThreadedWorld(() => EventLoops.Create(TimeProvider.System), ThreadedWorld.Kind.Tcp) { ServerTls = Server, ClientTls = Client };
    }
}

public sealed class SocketTlsTests : TlsContract
{
    protected override LoopWorld NewWorld() =>
        new ThreadedWorld(() => new SocketEventLoop(TimeProvider.System), ThreadedWorld.Kind.Tcp) { ServerTls = Server, ClientTls = Client };
}

public sealed class InProcessTlsTests : TlsContract
{
    protected override LoopWorld NewWorld() =>
        new ThreadedWorld(() => EventLoops.Create(TimeProvider.System), ThreadedWorld.Kind.InProcess) { ServerTls = Server, ClientTls = Client };
}

public sealed class SimulatedTlsTests : TlsContract
{
    protected override LoopWorld NewWorld() => new SimulatedWorld(new SimulatedNetwork(5), inProcess: false) { ServerTls = Server, ClientTls = Client };
}

public sealed class SimulatedTlsInPiecesTests : TlsContract
{
    protected override LoopWorld NewWorld() =>
        new SimulatedWorld(new SimulatedNetwork(6) { DeliverRandomLengths = true }, inProcess: false) { ServerTls = Server, ClientTls = Client };
}

/// <summary>TLS is a connection over another: it promises what every connection does.</summary>
public abstract class TlsContract : ConnectionContract, IDisposable
{
    // Many handshakes at once, on a machine that is busy with other tests.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestCertificates certificates = new();

    protected TlsContract()
    {
        Server = TlsServerSettings.Load(certificates.Server with { HandshakeLimit = Patience });
        Client = TlsClientSettings.Load(certificates.Client with { HandshakeLimit = Patience });
    }

    protected TlsServerSettings Server { get; }

    protected TlsClientSettings Client { get; }

    // A handshake takes milliseconds of each end's time.
    protected override int Many => 100;

    protected override bool AddsBytes => true;

    protected override bool RefusesSilently => true;

    public void Dispose() => certificates.Dispose();
}
