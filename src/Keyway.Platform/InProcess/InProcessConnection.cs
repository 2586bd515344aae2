using System.Net;
using System.Net.Sockets;

namespace Keyway.Platform.InProcess;

/// <summary>
/// One end of a connection between two loops of this process, or within one. It behaves as a socket does: bounded, with short sends,
/// and what one end does the other learns in a later step of its own turn.
/// </summary>
internal sealed class InProcessConnection : LoopConnection, IDisposable
{
    private readonly InProcessLink link;
    private readonly bool isClient;
    private readonly ByteRing incoming;
    private readonly ByteRing outgoing;

    private bool isConnecting;
    private bool waitsForRoom;
    private bool isPaused;
    private bool inputEnded;

    private InProcessConnection(EventLoop loop, InProcessLink link, ConnectionHandler handler, bool isClient)
        : base(loop, handler)
    {
        this.link = link;
        this.isClient = isClient;
        isConnecting = isClient;
        incoming = isClient ? link.ToClient : link.ToServer;
        outgoing = isClient ? link.ToServer : link.ToClient;
        Signal = new ConnectionSignal(this);
        loop.InProcessMembers.Add(this);
        link.Attach(this, isClient);
    }

    public static InProcessConnection Connect(EventLoop loop, InProcessEndPoint endPoint, ConnectionHandler handler)
    {
        var link = new InProcessLink(endPoint);
        var connection = new InProcessConnection(loop, link, handler, isClient: true);
        if (Volatile.Read(ref endPoint.Listener)?.Offer(link) == true) connection.Signal.Raise();
        else connection.End(new SocketException((int)SocketError.ConnectionRefused));
        return connection;
    }

    public static InProcessConnection Accept(EventLoop loop, InProcessLink link, ConnectionHandler handler)
    {
        var connection = new InProcessConnection(loop, link, handler, isClient: false);
        connection.Signal.Raise();
        return connection;
    }

    /// <summary>Raised by the other end after each change, and by this one to look again later.</summary>
    public LoopSignal Signal { get; }

    public override EndPoint? RemoteEndPoint => link.EndPoint;

    public override EndPoint? LocalEndPoint => link.EndPoint;

    public override int Send(ReadOnlySpan<byte> bytes)
    {
        if (!IsOpen || waitsForRoom || bytes.IsEmpty) return 0;

        if (outgoing.ReaderGone) return SendToNobody(bytes.Length);

        int taken = isConnecting ? 0 : outgoing.Write(bytes);
        if (taken < bytes.Length)
        {
            waitsForRoom = true;
            if (outgoing.WaitForRoom()) Signal.Raise();
        }

        if (taken == 0) return 0;

        Loop.Statistics.SendCalls++;
        Loop.Statistics.SentBytes += taken;
        SignalPeer();
        return taken;
    }

    public override void PauseReading() => isPaused = true;

    public override void ResumeReading()
    {
        if (!isPaused) return;

        isPaused = false;
        Signal.Raise();
    }

    /// <summary>Whoever is in this process does not go without ending the connection altogether.</summary>
    public override void WatchForHangUp()
    {
    }

    public override void Close() => End(null);

    public override void Abort()
    {
        if (!IsOpen) return;

        outgoing.Cut();
        End(null);
    }

    /// <summary>The loop is going: the peer learns of it, our handler does not.</summary>
    public void Dispose()
    {
        outgoing.Cut();
        Release();
    }

    /// <summary>A send fails only after the peer's end or cut has been seen: nothing is left to read.</summary>
    protected override void ReadLast() { }

    protected override void Release()
    {
        outgoing.EndWriting();
        incoming.EndReading();
        Loop.InProcessMembers.Remove(this);
        SignalPeer();
    }

    // As on a network: what is sent to a peer that has closed is lost, until we have read its end and must know better.
    private int SendToNobody(int length)
    {
        if (!inputEnded && !incoming.WasCut) return length;

        End(new SocketException((int)SocketError.ConnectionReset));
        return 0;
    }

    private void SignalPeer()
    {
        if (isClient) link.SignalServer();
        else link.SignalClient();
    }

    private void Look()
    {
        if (!IsOpen) return;

        Loop.Delivering = this;
        if (isConnecting)
        {
            isConnecting = false;
            Handler.OnConnected();
        }

        if (incoming.WasCut)
        {
            End(new SocketException((int)SocketError.ConnectionReset));
            return;
        }

        if (waitsForRoom && IsOpen && (outgoing.HasRoom || outgoing.ReaderGone))
        {
            waitsForRoom = false;
            outgoing.RoomFound();
            Handler.OnWritable();
        }

        Receive();
    }

    private void Receive()
    {
        // Looked at first: what the peer wrote before it ended is then seen below.
        bool ended = incoming.WriterEnded;

        // What lay in the ring, in two pieces if it wraps. Then it is others' turn: a peer that keeps writing must not hold the loop.
        for (int piece = 0; piece < 2 && MayReceive && !incoming.Readable.IsEmpty; piece++) ReceiveOnce();

        if (!MayReceive) return;

        if (!incoming.Readable.IsEmpty)
        {
            Signal.Raise();
        }
        else if (ended)
        {
            inputEnded = true;
            Handler.OnEndOfInput();
        }
    }

    private bool MayReceive => IsOpen && !isPaused && !inputEnded;

    private void ReceiveOnce()
    {
        ReadOnlySpan<byte> bytes = incoming.Readable;
        Loop.Statistics.ReceiveCalls++;
        Loop.Statistics.ReceivedBytes += bytes.Length;
        Loop.Delivering = this;

        Handler.OnReceived(bytes);
        incoming.Advance(bytes.Length);
        if (incoming.WriterWaits) SignalPeer();
    }

    private sealed class ConnectionSignal(InProcessConnection connection) : LoopSignal(connection.Loop)
    {
        protected override void OnRaised() => connection.Look();
    }
}
