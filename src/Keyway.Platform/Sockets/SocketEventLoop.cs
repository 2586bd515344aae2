using System.Net;
using System.Net.Sockets;

namespace Keyway.Platform.Sockets;

/// <summary>
/// The loop for systems without epoll: the framework's asynchronous sockets do the receiving and sending on pool threads, pipes of bounded
/// size stand between them and the loop's thread, and every completion is a signal to the loop. Its handlers cannot tell the difference;
/// each request costs about three times as much processor time.
/// </summary>
public sealed class SocketEventLoop(TimeProvider time) : EventLoop(time)
{
    // Not disposed with the loop: a completion may still come in from the pool.
    private readonly AutoResetEvent wake = new(initialState: false);

    /// <summary>Connections and listeners, which end with the loop. On the loop's thread only.</summary>
    internal HashSet<IDisposable> Members { get; } = [];

    protected override void Poll(int timeoutMs)
    {
        if (timeoutMs != 0) wake.WaitOne(timeoutMs);
    }

    /// <summary>All there is to deliver comes as signals.</summary>
    protected override void DeliverEvents() { }

    protected override void Wake() => wake.Set();

    protected override void Release()
    {
        foreach (IDisposable member in Members.ToArray()) member.Dispose();
        Members.Clear();
    }

    protected override Listener ListenOutside(EndPoint endPoint, IAcceptor acceptor, ListenOptions options) =>
        new SocketListener(this, endPoint, acceptor, options);

    protected override Connection AdoptOutside(AcceptedConnection accepted, ConnectionHandler handler)
    {
        if (accepted is not SocketAccepted socket) throw new ArgumentException("The connection was accepted by another kind of loop.");
        return SocketConnection.Adopt(this, socket.Take(), handler);
    }

    protected override Connection ConnectOutside(EndPoint endPoint, ConnectionHandler handler) => SocketConnection.Connect(this, endPoint, handler);

    internal static void SetTcpOptions(Socket socket, int keepAliveSeconds)
    {
        if (socket.AddressFamily == AddressFamily.Unix) return;

        socket.NoDelay = true;
        if (keepAliveSeconds <= 0) return;

        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, keepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Math.Max(1, keepAliveSeconds / 3));
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }
}
