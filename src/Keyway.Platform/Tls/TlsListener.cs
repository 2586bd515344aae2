using System.Net;

namespace Keyway.Platform.Tls;

/// <summary>Listens as any listener does; what it offers its acceptor begins with a handshake once it is adopted.</summary>
internal sealed class TlsListener : Listener, IAcceptor
{
    private readonly EventLoop loop;
    private readonly IAcceptor acceptor;
    private readonly Listener transport;
    private TlsServerSettings settings;

    public TlsListener(EventLoop loop, EndPoint endPoint, IAcceptor acceptor, TlsServerSettings settings, ListenOptions options)
    {
        this.loop = loop;
        this.acceptor = acceptor;
        this.settings = settings;
        transport = loop.Listen(endPoint, this, options with { Tls = null });
    }

    public override EndPoint EndPoint => transport.EndPoint;

    public void OnAccepted(AcceptedConnection accepted)
    {
        AcceptedConnection secured = accepted.Secure(settings);
        loop.Delivering = secured;
        acceptor.OnAccepted(secured);
    }

    public override void SetKeepAlive(int seconds) => transport.SetKeepAlive(seconds);

    public override void SetTls(TlsServerSettings other) => settings = other;

    public override void Dispose() => transport.Dispose();
}
