using System.Net;

namespace Keyway.Platform;

/// <summary>When in a turn a <see cref="Flushable"/> sends what it has gathered.</summary>
public enum FlushPhase
{
    /// <summary>Answers to clients: first, so that they can think while we look for more requests.</summary>
    Replies,

    /// <summary>Requests to shards: last, after one more look for incoming requests without sleeping, so that one send carries many.</summary>
    Requests,
}

/// <summary>Something with bytes to send at the end of the turn; many commands, one send.</summary>
public abstract class Flushable
{
    internal bool FlushQueued;

    internal Flushable? NextToFlush;

    public abstract void Flush();
}

/// <summary>
/// One thread's worth of the outside world: sockets, time and turns. Everything that a loop calls back runs on its one thread, in turns:
/// wait, deliver what came, flush replies, look once more without waiting, flush requests, run timers and posted work. Only
/// <see cref="Post"/>, <see cref="Stop"/> and what says so may be called from another thread.
/// </summary>
public abstract partial class EventLoop : IDisposable
{
    protected EventLoop(TimeProvider time)
    {
        Time = time;
    }

    public TimeProvider Time { get; }

    /// <summary>Monotonic milliseconds, read once a turn: what time-outs and failure detection compare.</summary>
    public long NowMs { get; protected set; }

    /// <summary>Monotonic <see cref="TimeProvider.GetTimestamp"/> ticks, read once after each wait: what latencies are measured by.</summary>
    public long NowTicks { get; protected set; }

    /// <summary>True on the loop's own thread.</summary>
    public abstract bool IsCurrent { get; }

    /// <summary>Binds and accepts. Call on the loop's thread or before <see cref="Run"/>.</summary>
    /// <exception cref="AddressInUseException">Somebody listens there already.</exception>
    public abstract Listener Listen(EndPoint endPoint, IAcceptor acceptor, ListenOptions? options = null);

    /// <summary>Takes over an accepted connection and begins to read it. On this loop's thread.</summary>
    public abstract Connection Adopt(AcceptedConnection accepted, ConnectionHandler handler);

    /// <summary>Begins to connect; OnConnected or OnClosed follows in a later turn. On this loop's thread.</summary>
    public abstract Connection Connect(EndPoint endPoint, ConnectionHandler handler);

    /// <summary>Has the item's Flush called once at the end of this turn (or of the next, when called outside of one). Asking twice is asking once.</summary>
    public void FlushLater(Flushable item, FlushPhase phase) => throw new NotImplementedException();

    /// <summary>Calls back once, at the first turn at or after the delay.</summary>
    public LoopTimer Schedule(long delayMs, Action callback) => throw new NotImplementedException();

    /// <summary>Calls back again and again, each time a period after the last call began; a late call is not made up for.</summary>
    public LoopTimer Every(long periodMs, Action callback) => throw new NotImplementedException();

    /// <summary>Where a control flow's <c>await</c> comes back to: the loop's thread. It is current during callbacks of timers and posts only.</summary>
    public SynchronizationContext Context => throw new NotImplementedException();

    /// <summary>A delay by this loop's clock, for control flows.</summary>
    public Task Delay(TimeSpan delay, CancellationToken cancel = default) => throw new NotImplementedException();

    /// <summary>What the loop has done, for metrics. Plain fields with one writer; read from any thread, each value may be a turn old.</summary>
    public LoopStatistics Statistics { get; } = new();

    /// <summary>Runs the action on the loop's thread in a coming turn, in the order posted. From any thread; never runs it in place.</summary>
    public abstract void Post(Action action);

    /// <summary>Turns until <see cref="Stop"/>. The calling thread becomes the loop's thread.</summary>
    public abstract void Run();

    /// <summary>Ends <see cref="Run"/> after the present turn. From any thread.</summary>
    public abstract void Stop();

    public abstract void Dispose();
}
