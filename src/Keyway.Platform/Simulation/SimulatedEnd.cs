using System.Net;
using System.Net.Sockets;

namespace Keyway.Platform.Simulation;

/// <summary>One end of a simulated connection: what is on its way to it, and what it has been told.</summary>
internal sealed class SimulatedEnd(SimulatedNetwork network, EndPoint endPoint)
{
    private const int FirstBytes = 512;

    private readonly int capacity = network.Capacity;
    private byte[] incoming = [];
    private int incomingStart;
    private int incomingLength;

    private bool endIsComing;
    private bool endWasTold;
    private Exception? brokenBy;
    private bool connectedIsComing;

    public EndPoint EndPoint { get; set; } = endPoint;

    /// <summary>The other end; null while a connect has not arrived, or was refused.</summary>
    public SimulatedEnd? Peer { get; private set; }

    /// <summary>Where a connect goes to.</summary>
    public EndPoint? Target { get; init; }

    /// <summary>Null until an accepted end is adopted.</summary>
    public ISimulatedOwner? Owner { get; set; }

    public bool IsConnecting { get; private set; }

    public bool IsPaused { get; set; }

    /// <summary>While it is paused, its owner hears that the peer has ended; once.</summary>
    public bool WatchesHangUp { get; set; }

    public bool IsClosed { get; private set; }

    public bool WaitsForRoom { get; private set; }

    public bool PeerIsGone => Peer == null || Peer.IsClosed;

    /// <summary>A connect that has not reached its target yet.</summary>
    public bool IsUnderWay => IsConnecting && !IsClosed && !connectedIsComing && brokenBy == null;

    /// <summary>Something is on its way to here that could be told now.</summary>
    public bool HasNews =>
        !IsClosed && Owner != null
        && (connectedIsComing || brokenBy != null || (!IsPaused && !IsConnecting && (incomingLength > 0 || (endIsComing && !endWasTold))) || HangsUp);

    public bool HasRoomNews => !IsClosed && !IsConnecting && WaitsForRoom && Owner != null && Peer is { IsFull: false };

    private bool HangsUp => IsPaused && WatchesHangUp && endIsComing && !endWasTold;

    private bool IsFull => incomingLength == capacity;

    public void BeginConnecting() => IsConnecting = true;

    public void ConnectTo(SimulatedEnd server)
    {
        Peer = server;
        server.Peer = this;
        connectedIsComing = true;
    }

    public void Break(Exception error) => brokenBy ??= error;

    public int Send(ReadOnlySpan<byte> bytes)
    {
        if (IsClosed || WaitsForRoom || bytes.IsEmpty) return 0;

        int taken = IsConnecting ? 0 : Peer!.Take(bytes);
        WaitsForRoom = taken < bytes.Length;
        return taken;
    }

    /// <summary>The peer is told of the end after what was sent. It may still send: we drop it, until it must know that we are gone.</summary>
    public void Close()
    {
        if (IsClosed) return;

        IsClosed = true;
        incomingLength = 0;
        if (Peer != null) Peer.endIsComing = true;
        network.Forget(this);
    }

    /// <summary>The peer is told at once; what was on its way to it is lost.</summary>
    public void Cut()
    {
        if (IsClosed) return;

        IsClosed = true;
        incomingLength = 0;
        if (Peer is { IsClosed: false } peer)
        {
            peer.incomingLength = 0;
            peer.Break(new SocketException((int)SocketError.ConnectionReset));
        }
        network.Forget(this);
    }

    public void EndOutput()
    {
        if (Peer != null) Peer.endIsComing = true;
    }

    /// <summary>Tells the owner the next thing.</summary>
    public string Tell(int atMost)
    {
        if (brokenBy != null)
        {
            IsClosed = true;
            network.Forget(this);
            Owner!.WhenBroken(brokenBy);
            return "broken";
        }

        if (connectedIsComing)
        {
            connectedIsComing = false;
            IsConnecting = false;
            Owner!.WhenConnected();
            return "connected";
        }

        if (HangsUp)
        {
            WatchesHangUp = false;
            Owner!.WhenHungUp();
            return "hung up";
        }

        if (incomingLength > 0)
        {
            byte[] bytes = TakeIncoming(Math.Min(atMost, incomingLength));
            Owner!.WhenReceived(bytes);
            return $"received {bytes.Length}";
        }

        endWasTold = true;
        Owner!.WhenInputEnded();
        return "end";
    }

    public string TellRoom()
    {
        WaitsForRoom = false;
        Owner!.WhenRoom();
        return "room";
    }

    public int IncomingLength => incomingLength;

    private int Take(ReadOnlySpan<byte> bytes)
    {
        if (IsClosed)
        {
            if (Peer!.endWasTold) Peer.Break(new SocketException((int)SocketError.ConnectionReset));
            return bytes.Length;
        }

        int taken = Math.Min(bytes.Length, capacity - incomingLength);
        if (incomingLength + taken > incoming.Length) Grow(incomingLength + taken);
        for (int i = 0; i < taken; i++) incoming[(incomingStart + incomingLength + i) % incoming.Length] = bytes[i];
        incomingLength += taken;
        return taken;
    }

    private void Grow(int needed)
    {
        byte[] grown = new byte[Math.Min(capacity, Math.Max(Math.Max(FirstBytes, needed), incoming.Length * 2))];
        for (int i = 0; i < incomingLength; i++) grown[i] = incoming[(incomingStart + i) % incoming.Length];
        incoming = grown;
        incomingStart = 0;
    }

    private byte[] TakeIncoming(int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) bytes[i] = incoming[(incomingStart + i) % incoming.Length];
        incomingStart = (incomingStart + count) % incoming.Length;
        incomingLength -= count;
        return bytes;
    }
}
