using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Keyway.Platform.Epoll;

/// <summary>
/// The loop for Linux: level-triggered epoll, one receive per readiness into a buffer that the whole loop shares, and one system call per
/// send. Nothing is allocated per event, and nothing is registered or changed per request.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed unsafe class EpollEventLoop : EventLoop
{
    internal const int ScratchBytes = 256 * 1024;

    private const int MaxEvents = 512;

    // What a closing connection's peer still sends is read and dropped for this long: closing with unread input would reset the
    // connection, and the peer could lose our last reply.
    private const int LingerMs = 1000;

    private const ulong WakeKey = ulong.MaxValue;

    private readonly int epoll;
    private readonly int wakeDescriptor;
    private readonly Lock wakeGate = new();
    private readonly byte* events;
    private readonly Queue<(EpollConnection Connection, long UntilMs)> lingering = new();

    // Sockets by descriptor. A key holds the descriptor and a generation, so that an event for a closed socket can never reach the one
    // that has its number now.
    private IEpollSource?[] sources = new IEpollSource?[64];
    private uint generation;

    private int eventCount;
    private int nextEvent;
    private LoopTimer? lingerTimer;
    private bool isReleased;
    private ThreadSchedule? schedule;

    public EpollEventLoop(TimeProvider time)
        : base(time)
    {
        epoll = Libc.EpollCreate(Libc.EpollCloseOnExec);
        if (epoll < 0) throw new Win32Exception();
        wakeDescriptor = Libc.EventDescriptor(0, Libc.EventNonBlockCloseOnExec);
        if (wakeDescriptor < 0) throw new Win32Exception();
        Spare = new SpareDescriptor();

        Scratch = (byte*)NativeMemory.AlignedAlloc(ScratchBytes, 4096);
        events = (byte*)NativeMemory.AllocZeroed(MaxEvents, (nuint)EpollEvent.Size);

        // Edge-triggered: each write is one event, and the counter never needs to be read back.
        Control(Libc.EpollAdd, wakeDescriptor, Libc.EpollIn | Libc.EpollEdge, WakeKey);
    }

    ~EpollEventLoop()
    {
        NativeMemory.AlignedFree(Scratch);
        NativeMemory.Free(events);
    }

    /// <summary>Where every receive of this loop goes.</summary>
    internal byte* Scratch { get; }

    internal SpareDescriptor Spare { get; }

    /// <returns>The key's generation, for the socket to compare.</returns>
    internal uint Register(int descriptor, uint interest, IEpollSource source)
    {
        if (descriptor >= sources.Length) Array.Resize(ref sources, Math.Max(descriptor + 1, sources.Length * 2));
        sources[descriptor] = source;
        uint mine = ++generation;
        if (Control(Libc.EpollAdd, descriptor, interest, EpollEvent.Key(descriptor, mine)) == 0) return mine;

        int error = Marshal.GetLastPInvokeError();
        sources[descriptor] = null;
        throw Errno.ToException(error);
    }

    internal void ChangeInterest(int operation, int descriptor, uint interest, uint mine) =>
        Control(operation, descriptor, interest, EpollEvent.Key(descriptor, mine));

    /// <summary>Closing takes the descriptor out of epoll's set as well.</summary>
    internal void Close(int descriptor)
    {
        sources[descriptor] = null;
        Libc.Close(descriptor);
    }

    internal void Linger(EpollConnection connection)
    {
        lingering.Enqueue((connection, NowMs + LingerMs));
        lingerTimer ??= Schedule(LingerMs, EndLingering);
    }

    protected override void Poll(int timeoutMs)
    {
        nextEvent = 0;
        eventCount = Math.Max(0, Libc.EpollWait(epoll, events, MaxEvents, timeoutMs));
    }

    protected override void DeliverEvents()
    {
        while (nextEvent < eventCount)
        {
            EpollEvent.Read(events, nextEvent++, out uint ready, out ulong key);
            if (key == WakeKey) continue;

            IEpollSource? source = sources[EpollEvent.Descriptor(key)];
            if (source is EpollConnection connection) connection.OnReady(ready, EpollEvent.Generation(key));
            else source?.OnReady(ready, EpollEvent.Generation(key));
        }
    }

    private protected override CoreTime ReadCoreTime() => (schedule ??= new ThreadSchedule()).Read();

    protected override void Wake()
    {
        // The gate keeps a late poster from writing into whatever has the descriptor's number after the loop is gone.
        lock (wakeGate)
        {
            ulong one = 1;
            if (!isReleased) Libc.Write(wakeDescriptor, &one, sizeof(ulong));
        }
    }

    protected override Listener ListenOutside(EndPoint endPoint, IAcceptor acceptor, ListenOptions options) =>
        new EpollListener(this, endPoint, acceptor, options);

    protected override Connection AdoptOutside(AcceptedConnection accepted, ConnectionHandler handler)
    {
        if (accepted is not EpollAccepted socket) throw new ArgumentException("The connection was accepted by another kind of loop.");
        return EpollConnection.Adopt(this, socket, handler);
    }

    protected override Connection ConnectOutside(EndPoint endPoint, ConnectionHandler handler) => EpollConnection.Connect(this, endPoint, handler);

    protected override void Release()
    {
        foreach (IEpollSource? source in sources) source?.Release();
        Spare.Dispose();
        schedule?.Dispose();
        lock (wakeGate)
        {
            isReleased = true;
            Libc.Close(wakeDescriptor);
        }
        Libc.Close(epoll);
    }

    private int Control(int operation, int descriptor, uint interest, ulong key)
    {
        byte* change = stackalloc byte[EpollEvent.Size];
        EpollEvent.Write(change, interest, key);
        return Libc.EpollControl(epoll, operation, descriptor, change);
    }

    private void EndLingering()
    {
        while (lingering.TryPeek(out var oldest) && oldest.UntilMs <= NowMs)
        {
            lingering.Dequeue();
            oldest.Connection.StopLingering();
        }
        lingerTimer = lingering.TryPeek(out var next) ? Schedule(Math.Max(1, next.UntilMs - NowMs), EndLingering) : null;
    }
}
