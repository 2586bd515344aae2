using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Keyway.Platform.Sockets;

internal sealed class SocketListener : Listener
{
    // Accepted and not yet seen by the loop; more wait in the kernel.
    private const int MaxWaiting = 64;

    // Out of descriptors: looking again sooner would only burn what is left.
    private const int PauseMs = 100;

    private readonly SocketEventLoop loop;
    private readonly IAcceptor acceptor;
    private int keepAliveSeconds;
    private readonly Socket socket;
    private readonly Channel<Socket> waiting = Channel.CreateBounded<Socket>(MaxWaiting);
    private readonly AcceptSignal signal;
    private volatile bool disposed;

    public SocketListener(SocketEventLoop loop, EndPoint wanted, IAcceptor acceptor, ListenOptions options)
    {
        this.loop = loop;
        this.acceptor = acceptor;
        keepAliveSeconds = options.KeepAliveSeconds;
        signal = new AcceptSignal(this);
        socket = Bind(wanted, options);
        EndPoint = wanted is IPEndPoint ? socket.LocalEndPoint! : wanted;
        loop.Members.Add(this);
        _ = Task.Run(AcceptAsync);
    }

    public override EndPoint EndPoint { get; }

    public override void SetKeepAlive(int seconds) => keepAliveSeconds = seconds;

    public override void Dispose()
    {
        if (disposed) return;

        disposed = true;
        socket.Dispose();
        loop.Members.Remove(this);
        while (waiting.Reader.TryRead(out Socket? accepted)) accepted.Dispose();
        if (EndPoint is UnixDomainSocketEndPoint unix) UnixSocketFile.RemoveOwn(unix);
    }

    private static Socket Bind(EndPoint wanted, ListenOptions options)
    {
        if (wanted is UnixDomainSocketEndPoint stale) UnixSocketFile.RemoveStale(stale);

        bool isUnix = wanted.AddressFamily == AddressFamily.Unix;
        var socket = new Socket(wanted.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            // On Windows another process could otherwise bind the same port; elsewhere this is so already.
            if (OperatingSystem.IsWindows() && !isUnix) socket.ExclusiveAddressUse = true;
            socket.Bind(wanted);
            // Until Listen is called every connect is refused, so nobody gets in under the wrong mode.
            if (wanted is UnixDomainSocketEndPoint unix && options.UnixSocketMode is { } mode) UnixSocketFile.SetMode(unix, mode);
            socket.Listen(options.Backlog);
            return socket;
        }
        catch (SocketException error)
        {
            socket.Dispose();
            if (error.SocketErrorCode == SocketError.AddressAlreadyInUse) throw new AddressInUseException(PortHolder.Describe(wanted), error);
            throw new IOException($"Cannot listen on {wanted}: {error.Message}", error);
        }
    }

    // On pool threads, one at a time.
    private async Task AcceptAsync()
    {
        while (!disposed)
        {
            try
            {
                Socket accepted = await socket.AcceptAsync();
                await waiting.Writer.WriteAsync(accepted);
                signal.Raise();
                if (disposed) accepted.Dispose();
            }
            catch (SocketException error) when (!disposed)
            {
                if (error.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
                    await Task.Delay(PauseMs);
            }
            catch (Exception error) when (disposed && error is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void AcceptOne()
    {
        if (disposed || !waiting.Reader.TryRead(out Socket? next)) return;

        // One at a time: an acceptor that throws must not keep the others waiting.
        signal.Raise();
        SocketAccepted accepted;
        try
        {
            SocketEventLoop.SetTcpOptions(next, keepAliveSeconds);
            accepted = new SocketAccepted(next);
        }
        catch (SocketException)
        {
            // The client has left already.
            next.Dispose();
            return;
        }

        loop.Delivering = accepted;
        acceptor.OnAccepted(accepted);
    }

    private sealed class AcceptSignal(SocketListener listener) : LoopSignal(listener.loop)
    {
        protected override void OnRaised() => listener.AcceptOne();
    }
}
