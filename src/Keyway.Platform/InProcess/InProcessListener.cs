using System.Collections.Concurrent;
using System.Net;

namespace Keyway.Platform.InProcess;

internal sealed class InProcessListener : Listener
{
    private readonly EventLoop loop;
    private readonly InProcessEndPoint endPoint;
    private readonly IAcceptor acceptor;
    private readonly ConcurrentQueue<InProcessAccepted> waiting = new();
    private readonly AcceptSignal signal;
    private volatile bool disposed;

    public InProcessListener(EventLoop loop, InProcessEndPoint endPoint, IAcceptor acceptor)
    {
        this.loop = loop;
        this.endPoint = endPoint;
        this.acceptor = acceptor;
        signal = new AcceptSignal(this);
        if (Interlocked.CompareExchange(ref endPoint.Listener, this, null) != null)
            throw new AddressInUseException($"{endPoint} is taken by another listener of this process.");

        loop.InProcessMembers.Add(this);
    }

    public override EndPoint EndPoint => endPoint;

    /// <summary>From the connecting loop's thread.</summary>
    public bool Offer(InProcessLink link)
    {
        if (disposed) return false;

        waiting.Enqueue(new InProcessAccepted(link));
        signal.Raise();
        // Disposed in between: nobody else may look at the queue any more.
        if (disposed) RefuseWaiting();
        return true;
    }

    public override void Dispose()
    {
        disposed = true;
        Interlocked.CompareExchange(ref endPoint.Listener, null, this);
        loop.InProcessMembers.Remove(this);
        RefuseWaiting();
    }

    private void AcceptOne()
    {
        if (disposed || !waiting.TryDequeue(out InProcessAccepted? accepted)) return;

        // One at a time: an acceptor that throws must not keep the others waiting.
        if (!waiting.IsEmpty) signal.Raise();
        loop.Delivering = accepted;
        acceptor.OnAccepted(accepted);
    }

    private void RefuseWaiting()
    {
        while (waiting.TryDequeue(out InProcessAccepted? accepted)) accepted.Refuse([]);
    }

    private sealed class AcceptSignal(InProcessListener listener) : LoopSignal(listener.loop)
    {
        protected override void OnRaised() => listener.AcceptOne();
    }
}
