using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace Keyway.Platform.Sockets;

/// <summary>
/// A socket whose receives and sends run on pool threads (<see cref="ReceiveAsync"/>, <see cref="SendAsync"/>), and whose handler hears of
/// them on the loop's thread (<see cref="Look"/>). A pipe each way carries the bytes across, and says who must wait.
/// </summary>
internal sealed class SocketConnection : LoopConnection, IDisposable
{
    // What a send may leave with us; beyond it the kernel's own buffer is full as well, and sends fall short.
    private const int MaxQueued = 128 * 1024;

    // What is received ahead of the loop.
    private const int MaxReceived = 256 * 1024;

    private static readonly TimeSpan DeliverTime = TimeSpan.FromSeconds(60);

    // As long as the epoll loop waits for the peer's end after our own, so that unread input cannot turn our close into a reset.
    private static readonly TimeSpan LingerTime = TimeSpan.FromSeconds(1);

    private static readonly PipeOptions ReceiveOptions = new(
        readerScheduler: PipeScheduler.ThreadPool,
        writerScheduler: PipeScheduler.ThreadPool,
        pauseWriterThreshold: MaxReceived,
        resumeWriterThreshold: MaxReceived / 2,
        minimumSegmentSize: 16 * 1024,
        useSynchronizationContext: false);

    // Send itself keeps to MaxQueued, so the pipe need not.
    private static readonly PipeOptions SendOptions = new(
        readerScheduler: PipeScheduler.ThreadPool,
        writerScheduler: PipeScheduler.ThreadPool,
        pauseWriterThreshold: 0,
        minimumSegmentSize: 16 * 1024,
        useSynchronizationContext: false);

    private readonly SocketEventLoop loop;
    private readonly Socket socket;
    private readonly LoopSignal signal;
    private readonly Pipe received = new(ReceiveOptions);
    private readonly Pipe toSend = new(SendOptions);
    private Task sending = Task.CompletedTask;
    private Task receiving = Task.CompletedTask;

    // Written on pool threads, then signalled.
    private long queued;
    private int roomIsWanted;
    private volatile EndPoint? connectedTo;
    private volatile Exception? connectError;
    private volatile Exception? receiveError;
    private volatile Exception? sendError;

    private bool isConnecting;
    private bool waitsForRoom;
    private bool isPaused;
    private bool watchesHangUp;
    private volatile bool inputIsOver;
    private bool inputEnded;
    private bool sendFailed;
    private bool isAborted;
    private EndPoint? remote;

    private SocketConnection(SocketEventLoop loop, Socket socket, ConnectionHandler handler)
        : base(loop, handler)
    {
        this.loop = loop;
        this.socket = socket;
        signal = new ConnectionSignal(this);
        loop.Members.Add(this);
    }

    public static SocketConnection Adopt(SocketEventLoop loop, Socket socket, ConnectionHandler handler)
    {
        var connection = new SocketConnection(loop, socket, handler) { remote = socket.RemoteEndPoint };
        connection.BeginPumps();
        return connection;
    }

    public static SocketConnection Connect(SocketEventLoop loop, EndPoint endPoint, ConnectionHandler handler)
    {
        Socket socket = endPoint switch
        {
            UnixDomainSocketEndPoint => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
            // Both families: a name may have addresses of either.
            DnsEndPoint => new Socket(SocketType.Stream, ProtocolType.Tcp),
            _ => new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp),
        };
        var connection = new SocketConnection(loop, socket, handler) { remote = endPoint, isConnecting = true };
        _ = Task.Run(() => connection.ConnectAsync(endPoint));
        return connection;
    }

    public override EndPoint? RemoteEndPoint => remote;

    public override EndPoint? LocalEndPoint
    {
        get
        {
            try
            {
                return socket.LocalEndPoint;
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return null;
            }
        }
    }

    public override void GatherPackets(bool isOn)
    {
        try
        {
            if (socket.ProtocolType == ProtocolType.Tcp) socket.NoDelay = !isOn;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It has gone meanwhile, and no packets go any more.
        }
    }

    public override int Descriptor => OperatingSystem.IsWindows() ? -1 : (int)socket.Handle;

    public override int Send(ReadOnlySpan<byte> bytes)
    {
        if (!IsOpen || waitsForRoom || bytes.IsEmpty) return 0;
        if (sendError is { } error)
        {
            FailSending(error);
            return 0;
        }

        int taken = isConnecting ? 0 : (int)Math.Min(bytes.Length, MaxQueued - Interlocked.Read(ref queued));
        if (taken > 0)
        {
            toSend.Writer.Write(bytes[..taken]);
            Interlocked.Add(ref queued, taken);
            // Completed already: the pipe never makes its writer wait.
            _ = toSend.Writer.FlushAsync().GetAwaiter().GetResult();
            Loop.Statistics.SendCalls++;
            Loop.Statistics.SentBytes += taken;
        }
        if (taken == bytes.Length) return taken;

        waitsForRoom = true;
        Interlocked.Exchange(ref roomIsWanted, 1);
        // Sent in between, by a thread that has not seen the wish.
        if (HasRoom) signal.Raise();
        return taken;
    }

    public override void PauseReading() => isPaused = true;

    public override void ResumeReading()
    {
        if (!isPaused) return;

        isPaused = false;
        watchesHangUp = false;
        signal.Raise();
    }

    public override void WatchForHangUp()
    {
        watchesHangUp = true;
        if (inputIsOver) signal.Raise();
    }

    public override void ProbeAfter(int seconds)
    {
        try
        {
            if (socket.ProtocolType == ProtocolType.Tcp) SocketEventLoop.SetTcpOptions(socket, seconds);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It has gone meanwhile.
        }
    }

    public override void Close() => End(null);

    public override void Abort()
    {
        if (!IsOpen) return;

        isAborted = true;
        End(null);
    }

    /// <summary>The loop is going.</summary>
    public void Dispose() => Cut();

    protected override void ReadLast()
    {
        if (sendFailed && !isPaused && !inputEnded) Receive(isLast: true);
    }

    protected override void Release()
    {
        loop.Members.Remove(this);
        if (isAborted || isConnecting || sendFailed) Cut();
        else _ = Task.Run(FinishAsync);
    }

    private bool HasRoom => Interlocked.Read(ref queued) < MaxQueued;

    // On the loop's thread, after anything has changed on the pool's.
    private void Look()
    {
        if (!IsOpen) return;

        Loop.Delivering = this;
        if (isConnecting && !FinishConnecting()) return;

        if (sendError is { } error)
        {
            FailSending(error);
            return;
        }

        if (waitsForRoom && IsOpen && HasRoom)
        {
            waitsForRoom = false;
            Volatile.Write(ref roomIsWanted, 0);
            Handler.OnWritable();
        }

        if (IsOpen && !isPaused && !inputEnded) Receive(isLast: false);
        if (!IsOpen || !isPaused || !watchesHangUp || !inputIsOver) return;
        watchesHangUp = false;
        Handler.OnHangUp();
    }

    private bool FinishConnecting()
    {
        if (connectError is { } error)
        {
            End(error);
            return false;
        }

        if (connectedTo == null) return false;

        isConnecting = false;
        remote = connectedTo;
        BeginPumps();
        Handler.OnConnected();
        return IsOpen;
    }

    private void Receive(bool isLast)
    {
        if (!received.Reader.TryRead(out ReadResult result)) return;

        SequencePosition consumed = result.Buffer.Start;
        SequencePosition next = consumed;
        while ((IsOpen || isLast) && !isPaused && result.Buffer.TryGet(ref next, out ReadOnlyMemory<byte> bytes))
        {
            consumed = result.Buffer.GetPosition(bytes.Length, consumed);
            if (bytes.IsEmpty) continue;

            Loop.Statistics.ReceiveCalls++;
            Loop.Statistics.ReceivedBytes += bytes.Length;
            Handler.OnReceived(bytes.Span);
        }

        bool isAll = result.Buffer.Slice(consumed).IsEmpty;
        received.Reader.AdvanceTo(consumed);
        if (!isAll || !result.IsCompleted || isPaused || !IsOpen) return;

        inputEnded = true;
        if (receiveError is { } error) End(error);
        else Handler.OnEndOfInput();
    }

    private void FailSending(Exception error)
    {
        sendFailed = true;
        End(error);
    }

    private void BeginPumps()
    {
        receiving = Task.Run(ReceiveAsync);
        sending = Task.Run(SendAsync);
    }

    // From here on: on pool threads.
    private async Task ConnectAsync(EndPoint endPoint)
    {
        try
        {
            SocketEventLoop.SetTcpOptions(socket, new ListenOptions().KeepAliveSeconds);
            await socket.ConnectAsync(endPoint);
            connectedTo = socket.RemoteEndPoint ?? endPoint;
        }
        catch (SocketException error) when (endPoint is UnixDomainSocketEndPoint && error.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            // No file of that name: to whoever connects, nobody listens there.
            connectError = new SocketException((int)SocketError.ConnectionRefused);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            connectError = error;
        }
        signal.Raise();
    }

    private async Task ReceiveAsync()
    {
        try
        {
            bool isWanted = true;
            while (isWanted)
            {
                int length = await socket.ReceiveAsync(received.Writer.GetMemory(), SocketFlags.None);
                if (length == 0)
                {
                    if (WasCut()) receiveError = new SocketException((int)SocketError.ConnectionReset);
                    break;
                }

                received.Writer.Advance(length);
                // Readable from here on, whether or not we must wait for the loop to read it.
                ValueTask<FlushResult> flushed = received.Writer.FlushAsync();
                signal.Raise();
                isWanted = !(await flushed).IsCompleted;
            }
            if (!isWanted) await DropInputAsync();
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            receiveError = error;
        }

        await received.Writer.CompleteAsync();
        inputIsOver = true;
        signal.Raise();
    }

    /// <summary>
    /// Linux tells of a cut only whoever asks first; a read that comes behind a send finds a plain end, and a send behind a read a broken pipe. But a
    /// connection that the peer has ended properly waits for our own end, and one that was cut has none any more.
    /// </summary>
    private bool WasCut()
    {
        const int Tcp = 6, TcpInfo = 11, Closed = 7;     // of the system; the first byte of what it tells is the connection's state
        if (!OperatingSystem.IsLinux() || socket.AddressFamily == AddressFamily.Unix) return false;
        try
        {
            Span<byte> info = stackalloc byte[8];
            return socket.GetRawSocketOption(Tcp, TcpInfo, info) > 0 && info[0] == Closed;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private async Task DropInputAsync()
    {
        byte[] dropped = new byte[4096];
        while (await socket.ReceiveAsync(dropped, SocketFlags.None) > 0) { }
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                ReadResult result = await toSend.Reader.ReadAsync();
                foreach (ReadOnlyMemory<byte> bytes in result.Buffer) await SendAllAsync(bytes);

                toSend.Reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) break;
            }
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            bool isBrokenPipe = error is SocketException { SocketErrorCode: SocketError.Shutdown };
            sendError = isBrokenPipe && WasCut() ? new SocketException((int)SocketError.ConnectionReset) : error;
            signal.Raise();
        }

        await toSend.Reader.CompleteAsync();
    }

    private async Task SendAllAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int sent = await socket.SendAsync(bytes, SocketFlags.None);
            bytes = bytes[sent..];
            // A full fence before the look at the wish, as there is one between the wish and the look at the room.
            Interlocked.Add(ref queued, -sent);
            if (Volatile.Read(ref roomIsWanted) != 0) signal.Raise();
        }
    }

    /// <summary>After our own Close: what was taken is sent, the peer told of the end, and its input dropped until it ends too.</summary>
    private async Task FinishAsync()
    {
        await toSend.Writer.CompleteAsync();
        await received.Reader.CompleteAsync();
        await Task.WhenAny(sending, Task.Delay(DeliverTime));
        await Task.WhenAny(receiving, Task.Delay(LingerTime));
        socket.Dispose();
    }

    private void Cut()
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Gone already.
        }
        socket.Dispose();
        toSend.Writer.Complete();
        received.Reader.Complete();
    }

    private sealed class ConnectionSignal(SocketConnection connection) : LoopSignal(connection.loop)
    {
        protected override void OnRaised() => connection.Look();
    }
}
