using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Keyway.Platform.Epoll;

[SupportedOSPlatform("linux")]
internal sealed unsafe class EpollListener : Listener, IEpollSource
{
    // So many per readiness that a burst is taken quickly, and so few that the connected clients still get their turn.
    private const int MaxAccepts = 64;

    // With neither descriptors nor memory to be had, looking again sooner would only burn what is left.
    private const int PauseMs = 100;

    private readonly EpollEventLoop loop;
    private readonly IAcceptor acceptor;
    private readonly EndPoint endPoint;
    private readonly int descriptor;
    private readonly uint generation;

    private LoopTimer? pause;
    private bool disposed;

    public EpollListener(EpollEventLoop loop, EndPoint wanted, IAcceptor acceptor, ListenOptions options)
    {
        this.loop = loop;
        this.acceptor = acceptor;
        if (wanted is UnixDomainSocketEndPoint unix) UnixSocketFile.RemoveStale(unix);

        descriptor = SocketCalls.Open(wanted.AddressFamily);
        try
        {
            Bind(wanted, options);
            endPoint = wanted is IPEndPoint ? SocketCalls.LocalEndPoint(descriptor)! : wanted;
            generation = loop.Register(descriptor, Libc.EpollIn, this);
        }
        catch
        {
            _ = Libc.Close(descriptor);
            throw;
        }
    }

    public override EndPoint EndPoint => endPoint;

    public void OnReady(uint ready, uint registration)
    {
        for (int accepts = 0; accepts < MaxAccepts && !disposed && registration == generation; accepts++)
        {
            if (!AcceptOne()) return;
        }
    }

    // Accepted sockets inherit it.
    public override void SetKeepAlive(int seconds)
    {
        if (!disposed && endPoint is IPEndPoint) SocketCalls.SetTcpOptions(descriptor, seconds);
    }

    public override void Dispose()
    {
        if (disposed) return;

        Release();
    }

    public void Release()
    {
        disposed = true;
        pause?.Cancel();
        loop.Close(descriptor);
        if (endPoint is UnixDomainSocketEndPoint unix) UnixSocketFile.RemoveOwn(unix);
    }

    private void Bind(EndPoint wanted, ListenOptions options)
    {
        if (wanted.AddressFamily != AddressFamily.Unix)
        {
            // Past connections of a server that was restarted keep the port busy for a minute otherwise. Not SO_REUSEPORT: it would let
            // a second process listen here as well, and the kernel deal clients out to both.
            SocketCalls.SetOption(descriptor, Libc.LevelSocket, Libc.ReuseAddress, 1);
            SocketCalls.SetTcpOptions(descriptor, options.KeepAliveSeconds);
        }
        if (wanted.AddressFamily == AddressFamily.InterNetworkV6)
            SocketCalls.SetOption(descriptor, Libc.LevelIPv6, Libc.IPv6Only, 1);

        int error = SocketCalls.Bind(descriptor, wanted);
        if (error == 0)
        {
            // Until listen is called every connect is refused, so nobody gets in under the wrong mode.
            if (wanted is UnixDomainSocketEndPoint unix && options.UnixSocketMode is { } mode) UnixSocketFile.SetMode(unix, mode);
            if (Libc.Listen(descriptor, options.Backlog) == 0) return;
            error = Marshal.GetLastPInvokeError();
        }

        SocketException cause = Errno.ToException(error);
        if (error == Errno.AddressInUse) throw new AddressInUseException(PortHolder.Describe(wanted), cause);
        throw new IOException($"Cannot listen on {wanted}: {cause.Message}", cause);
    }

    /// <returns>False when nobody waits any more, or nobody can be accepted now.</returns>
    private bool AcceptOne()
    {
        byte* address = stackalloc byte[PeerAddress.MaxNative];
        uint length = PeerAddress.MaxNative;
        int accepted = Libc.Accept(descriptor, address, &length, Libc.SocketNonBlock | Libc.SocketCloseOnExec);
        if (accepted < 0) return MayGoOn(Marshal.GetLastPInvokeError());

        length = Math.Min(length, PeerAddress.MaxNative);
        var connection = new EpollAccepted(accepted, PeerAddress.FromNative(new ReadOnlySpan<byte>(address, (int)length)));
        loop.Delivering = connection;
        acceptor.OnAccepted(connection);
        return true;
    }

    private bool MayGoOn(int error)
    {
        switch (error)
        {
            case Errno.Again:
                return false;
            case Errno.TooManyOpen or Errno.TableFull:
                return RefuseWithSpare();
            case Errno.NoBuffers or Errno.NoMemory:
                Pause();
                return false;
            default:
                // The client left between its connect and our accept, or its network failed: the next one may be well.
                return true;
        }
    }

    private bool RefuseWithSpare()
    {
        if (!loop.Spare.GiveUp())
        {
            Pause();
            return false;
        }

        int refused = Libc.Accept(descriptor, null, null, Libc.SocketNonBlock | Libc.SocketCloseOnExec);
        if (refused >= 0) _ = Libc.Close(refused);
        loop.Spare.TakeBack();
        return refused >= 0;
    }

    // Out of epoll's interest meanwhile: those who wait would be reported without end.
    private void Pause()
    {
        if (pause is { IsPending: true }) return;

        loop.ChangeInterest(Libc.EpollModify, descriptor, 0, generation);
        pause = loop.Schedule(PauseMs, Resume);
    }

    private void Resume()
    {
        loop.Spare.TakeBack();
        loop.ChangeInterest(Libc.EpollModify, descriptor, Libc.EpollIn, generation);
    }
}
