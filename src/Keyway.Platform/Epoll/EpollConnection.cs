using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Keyway.Platform.Epoll;

/// <summary>A socket in a loop's epoll set. It owns no buffer; an idle one costs this object and its descriptor.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class EpollConnection : LoopConnection, IEpollSource
{
    // Larger sends are cut: the kernel copies them in one go either way, and one long call holds up the loop and thrashes its caches.
    private const int MaxSend = 64 * 1024;

    private PeerAddress peer;
    private int descriptor = -1;
    private uint generation;

    // What the descriptor is registered for. Pausing changes it only when input does come meanwhile: most pauses are shorter than that.
    private uint interest;

    private bool isConnecting;
    private bool waitsForRoom;
    private bool isPaused;
    private bool watchesHangUp;
    private bool inputEnded;
    private bool sendFailed;
    private bool isAborted;
    private bool isLingering;

    // Both directions were shut while reading was paused: out of epoll's set, which would report it for ever, until reading resumes.
    private bool isUnregistered;

    private EpollConnection(EpollEventLoop loop, ConnectionHandler handler)
        : base(loop, handler)
    {
    }

    public static EpollConnection Adopt(EpollEventLoop loop, EpollAccepted accepted, ConnectionHandler handler)
    {
        int descriptor = accepted.Take();
        var connection = new EpollConnection(loop, handler) { peer = accepted.Peer };
        connection.Register(descriptor, Libc.EpollIn);
        return connection;
    }

    public static EpollConnection Connect(EpollEventLoop loop, EndPoint endPoint, ConnectionHandler handler)
    {
        var connection = new EpollConnection(loop, handler) { isConnecting = true };
        if (endPoint is DnsEndPoint name) new NamedConnect(connection, name).Begin();
        else if (connection.TryConnect(endPoint) is { } error) connection.End(error);
        return connection;
    }

    public override EndPoint? RemoteEndPoint => peer.ToEndPoint();

    public override EndPoint? LocalEndPoint => SocketCalls.LocalEndPoint(descriptor);

    public override int Descriptor => descriptor;

    public override void GatherPackets(bool isOn) => SocketCalls.SetOption(descriptor, Libc.LevelTcp, Libc.TcpNoDelay, isOn ? 0 : 1);

    /// <summary>For a name of several addresses: called with the error when one does not answer, to try the next or to fail.</summary>
    internal Action<Exception>? TryNext { get; set; }

    private EpollEventLoop EpollLoop => Unsafe.As<EpollEventLoop>(Loop);

    public override int Send(ReadOnlySpan<byte> bytes)
    {
        if (!IsOpen || waitsForRoom || bytes.IsEmpty) return 0;
        if (isConnecting) return WaitForRoom(0);

        fixed (byte* start = bytes)
        {
            int taken = 0;
            do
            {
                int length = Math.Min(bytes.Length - taken, MaxSend);
                nint sent = Libc.Send(descriptor, start + taken, (nuint)length, Libc.MessageNoSignal);
                if (!Took(sent, length, ref taken)) break;
            }
            while (taken < bytes.Length);
            return taken;
        }
    }

    public override int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (second.IsEmpty) return Send(first);
        if (first.IsEmpty) return Send(second);
        if (!IsOpen || waitsForRoom) return 0;
        if (isConnecting) return WaitForRoom(0);

        // More than one call's worth: the pieces need not share one.
        if (first.Length + (long)second.Length > MaxSend)
        {
            int takenOfFirst = Send(first);
            return takenOfFirst < first.Length ? takenOfFirst : takenOfFirst + Send(second);
        }

        fixed (byte* start = first, rest = second)
        {
            Libc.Piece* pieces = stackalloc Libc.Piece[2];
            pieces[0] = new Libc.Piece { Start = start, Length = (nuint)first.Length };
            pieces[1] = new Libc.Piece { Start = rest, Length = (nuint)second.Length };
            var message = new Libc.MessageHeader { Pieces = pieces, PieceCount = 2 };
            int taken = 0;
            Took(Libc.SendMessage(descriptor, &message, Libc.MessageNoSignal), first.Length + second.Length, ref taken);
            return taken;
        }
    }

    public override void PauseReading() => isPaused = true;

    public override void ResumeReading()
    {
        if (!isPaused) return;

        isPaused = false;
        watchesHangUp = false;
        if (IsOpen && !isConnecting) UpdateInterest();
    }

    public override void WatchForHangUp()
    {
        if (watchesHangUp || inputEnded || !IsOpen) return;
        watchesHangUp = true;

        // While it is still registered for input, an end of it wakes us too.
        if ((interest & Libc.EpollIn) == 0 && !isConnecting) UpdateInterest();
    }

    public override void ProbeAfter(int seconds)
    {
        // A Unix socket refuses it: its peer cannot be gone unnoticed.
        if (descriptor >= 0) SocketCalls.ProbeAfter(descriptor, seconds);
    }

    public override void Close() => End(null);

    public override void Abort()
    {
        if (!IsOpen) return;

        isAborted = true;
        End(null);
    }

    public void OnReady(uint ready, uint registration)
    {
        if (registration != generation) return;

        if (!IsOpen)
        {
            if (isLingering) DropInput();
            return;
        }

        Loop.Delivering = this;
        if (isConnecting)
        {
            FinishConnecting();
            return;
        }

        if ((ready & Libc.EpollOut) != 0 && waitsForRoom)
        {
            waitsForRoom = false;
            Handler.OnWritable();
            if (!IsOpen) return;
            if (!waitsForRoom) UpdateInterest();
        }

        if ((ready & ~Libc.EpollOut) == 0) return;

        if (isPaused || inputEnded) OnReadyUnwanted(ready);
        else Receive(ready);
    }

    /// <summary>The first address to try, or the next one after <see cref="TryNext"/>.</summary>
    internal Exception? TryConnect(EndPoint endPoint)
    {
        try
        {
            int socket = SocketCalls.Open(endPoint.AddressFamily);
            if (endPoint.AddressFamily != AddressFamily.Unix) SocketCalls.SetTcpOptions(socket, SocketCalls.KeepAliveSeconds);
            peer = PeerAddress.FromEndPoint(endPoint);

            int error = SocketCalls.Connect(socket, endPoint);
            if (error is not 0 and not Errno.InProgress)
            {
                _ = Libc.Close(socket);
                return Errno.ToException(error);
            }

            // Established or not: the first readiness to write tells, in a turn to come.
            Register(socket, Libc.EpollOut);
            return null;
        }
        catch (SocketException error)
        {
            return error;
        }
    }

    internal void Fail(Exception error) => End(error);

    internal void StopLingering()
    {
        if (!isLingering) return;

        isLingering = false;
        CloseDescriptor();
    }

    void IEpollSource.Release() => CloseDescriptor();

    protected override void ReadLast()
    {
        // A send has failed: the peer is gone, so what is left to read has an end.
        while (sendFailed && !isPaused && !inputEnded)
        {
            nint received = Libc.Receive(descriptor, EpollLoop.Scratch, EpollEventLoop.ScratchBytes, 0);
            if (received <= 0) return;
            Deliver((int)received);
        }
    }

    protected override void Release()
    {
        if (descriptor < 0) return;

        if (isAborted)
        {
            SocketCalls.ResetOnClose(descriptor);
            CloseDescriptor();
        }
        else if (isConnecting || inputEnded || sendFailed || isUnregistered || Libc.Shutdown(descriptor, Libc.ShutWrite) != 0)
        {
            CloseDescriptor();
        }
        else
        {
            isLingering = true;
            SetInterest(Libc.EpollIn);
            EpollLoop.Linger(this);
        }
    }

    private void Register(int socket, uint wanted)
    {
        descriptor = socket;
        interest = wanted;
        try
        {
            generation = EpollLoop.Register(socket, wanted, this);
        }
        catch (SocketException error)
        {
            descriptor = -1;
            _ = Libc.Close(socket);
            End(error);
        }
    }

    private void FinishConnecting()
    {
        int error = SocketCalls.TakeError(descriptor);
        if (error != 0)
        {
            CloseDescriptor();
            Exception cause = Errno.ToException(error);
            if (TryNext is { } tryNext) tryNext(cause);
            else End(cause);
            return;
        }

        TryNext = null;
        isConnecting = false;
        Handler.OnConnected();
        if (!IsOpen) return;

        if (waitsForRoom)
        {
            // Sent too early: there is room now.
            waitsForRoom = false;
            Handler.OnWritable();
        }
        if (IsOpen) UpdateInterest();
    }

    private void Receive(uint ready)
    {
        nint received = Libc.Receive(descriptor, EpollLoop.Scratch, EpollEventLoop.ScratchBytes, 0);
        if (received > 0)
        {
            Deliver((int)received);
        }
        else if (received == 0)
        {
            inputEnded = true;
            Handler.OnEndOfInput();
            if (IsOpen) UpdateInterest();
        }
        else
        {
            int error = Marshal.GetLastPInvokeError();
            if (error is not Errno.Again and not Errno.Interrupted) End(Errno.ToException(error));
            else if ((ready & (Libc.EpollError | Libc.EpollHangUp)) != 0) EndWithItsError();
        }
    }

    private void Deliver(int received)
    {
        LoopStatistics statistics = Loop.Statistics;
        statistics.ReceiveCalls++;
        statistics.ReceivedBytes += received;
        Loop.Delivering = this;
        Handler.OnReceived(new ReadOnlySpan<byte>(EpollLoop.Scratch, received));
    }

    // Errors and hang-ups are reported whether asked for or not, again and again: each must end in not being reported any more.
    private void OnReadyUnwanted(uint ready)
    {
        if ((ready & Libc.EpollError) != 0)
        {
            EndWithItsError();
            return;
        }

        if (watchesHangUp && (ready & (Libc.EpollReadHangUp | Libc.EpollHangUp)) != 0)
        {
            watchesHangUp = false;
            Handler.OnHangUp();
            if (!IsOpen || !isPaused) return;
        }

        if ((ready & Libc.EpollHangUp) == 0)
        {
            UpdateInterest();
        }
        else if (inputEnded)
        {
            End(null);
        }
        else
        {
            // What came before the peer hung up is still to be read, when reading resumes.
            isUnregistered = true;
            EpollLoop.ChangeInterest(Libc.EpollDelete, descriptor, 0, generation);
        }
    }

    private void EndWithItsError()
    {
        int error = SocketCalls.TakeError(descriptor);
        End(error == 0 ? null : Errno.ToException(error));
    }

    /// <summary>Accounts for one send call. Returns false when there is nothing to go on with.</summary>
    private bool Took(nint sent, int offered, ref int taken)
    {
        if (sent >= 0)
        {
            LoopStatistics statistics = Loop.Statistics;
            statistics.SendCalls++;
            statistics.SentBytes += sent;
            taken += (int)sent;
            if (sent == offered) return true;
        }
        else if (Marshal.GetLastPInvokeError() is not Errno.Again and not Errno.Interrupted and var error)
        {
            sendFailed = true;
            End(Errno.ToException(error));
            return false;
        }

        WaitForRoom(0);
        return false;
    }

    private int WaitForRoom(int taken)
    {
        waitsForRoom = true;
        if (!isConnecting) UpdateInterest();
        return taken;
    }

    private void UpdateInterest()
    {
        uint wanted = (isPaused || inputEnded ? 0 : Libc.EpollIn) | (waitsForRoom ? Libc.EpollOut : 0);
        if (isPaused && watchesHangUp) wanted |= Libc.EpollReadHangUp;
        if (isUnregistered)
        {
            if (wanted == 0) return;
            isUnregistered = false;
            interest = wanted;
            EpollLoop.ChangeInterest(Libc.EpollAdd, descriptor, wanted, generation);
        }
        else
        {
            SetInterest(wanted);
        }
    }

    private void SetInterest(uint wanted)
    {
        if (wanted == interest) return;

        interest = wanted;
        EpollLoop.ChangeInterest(Libc.EpollModify, descriptor, wanted, generation);
    }

    // Forgotten at once: the number may be another socket's the next moment.
    private void CloseDescriptor()
    {
        EpollLoop.Close(descriptor);
        descriptor = -1;
    }

    private void DropInput()
    {
        nint received = Libc.Receive(descriptor, EpollLoop.Scratch, EpollEventLoop.ScratchBytes, 0);
        if (received > 0 || (received < 0 && Marshal.GetLastPInvokeError() is Errno.Again or Errno.Interrupted)) return;

        StopLingering();
    }
}
