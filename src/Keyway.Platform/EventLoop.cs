using System.Net;
using Keyway.Platform.InProcess;
using Keyway.Platform.Tls;

namespace Keyway.Platform;

/// <summary>
/// One thread's worth of the outside world: sockets, time and turns. Everything that a loop calls back runs on its one thread, in turns:
/// wait, deliver what came, flush replies, look once more without waiting, flush requests, run timers and posted work. Only
/// <see cref="Post"/>, <see cref="Stop"/> and what says so may be called from another thread.
/// </summary>
/// <remarks>
/// This class owns the order of a turn, time, posted work and the connections inside the process; a kind of loop adds how it waits
/// (<see cref="Poll"/>), how it tells what came (<see cref="DeliverEvents"/>) and how another thread ends its wait (<see cref="Wake"/>).
/// </remarks>
public abstract class EventLoop : IDisposable
{
    // On one loop, a gateway and its embedded shard answer each other without the kernel. This many exchanges may follow one another
    // in a turn before sockets get their look again.
    private const int InProcessRounds = 8;

    private const int CoreTimePeriodMs = 10;

    // A client notices: more than a round trip in a data centre, and long before anybody's time-out.
    private const int SlowTurnMs = 5;

    private readonly long ticksPerMs;
    private readonly TimerQueue timers = new();
    private readonly PostQueue posts = new();
    private readonly ManualResetEventSlim idle = new(initialState: true);

    private FlushList replies;
    private FlushList requests;

    // What other threads (and this one) want looked at: a stack that anybody pushes onto, and what was taken from it, oldest first.
    private LoopSignal? raised;
    private LoopSignal? taken;

    private LoopConnection? firstEnded;
    private LoopConnection? lastEnded;

    private long turnEndTicks;
    private long coreTimeReadAt;
    private CoreTime coreTime;
    private int threadId;
    private int mayBeAsleep;
    private volatile bool stopping;
    private volatile bool disposed;
    private int released;

    protected EventLoop(TimeProvider time)
    {
        Time = time;
        ticksPerMs = Math.Max(1, time.TimestampFrequency / 1000);
        Context = new LoopContext(this);
        ReadClocks();
    }

    public TimeProvider Time { get; }

    /// <summary>Monotonic milliseconds, read once a turn: what time-outs and failure detection compare.</summary>
    public long NowMs { get; private set; }

    /// <summary>Monotonic <see cref="TimeProvider.GetTimestamp"/> ticks, read once after each wait: what latencies are measured by.</summary>
    public long NowTicks { get; private set; }

    /// <summary>True on the loop's own thread.</summary>
    public virtual bool IsCurrent => threadId == Environment.CurrentManagedThreadId;

    /// <summary>Where a control flow's <c>await</c> comes back to: the loop's thread. It is current during callbacks of timers and posts only.</summary>
    public SynchronizationContext Context { get; }

    /// <summary>What the loop has done, for metrics. Plain fields with one writer; read from any thread, each value may be a turn old.</summary>
    public LoopStatistics Statistics { get; } = new();

    /// <summary>
    /// Asks the system before each turn what the thread has had of a core, at the price of two system calls: then no time that the machine under a virtual
    /// machine took away counts as a turn's own. For whoever measures; otherwise it is asked now and then.
    /// </summary>
    public bool MeasuresTurnsExactly { get; init; }

    /// <summary>Hears, on the loop's thread, of every exception that a callback let out. Its connection is aborted; the loop goes on. Unset: standard error.</summary>
    public Action<Exception>? Unhandled { get; set; }

    /// <summary>Whom the callback under way belongs to: what is aborted when it throws.</summary>
    internal object? Delivering;

    /// <summary>Binds and accepts. Call on the loop's thread or before <see cref="Run"/>.</summary>
    /// <exception cref="AddressInUseException">Somebody listens there already.</exception>
    public Listener Listen(EndPoint endPoint, IAcceptor acceptor, ListenOptions? options = null)
    {
        options ??= new ListenOptions();
        if (options.Tls is { } settings) return new TlsListener(this, endPoint, acceptor, settings, options);
        return endPoint is InProcessEndPoint inProcess ? new InProcessListener(this, inProcess, acceptor) : ListenOutside(endPoint, acceptor, options);
    }

    /// <summary>
    /// Takes over an accepted connection and begins to read it. On this loop's thread. One from a TLS listener begins with its handshake: until that is
    /// done sends are not taken, and if it fails OnClosed brings a <see cref="TlsException"/>.
    /// </summary>
    public Connection Adopt(AcceptedConnection accepted, ConnectionHandler handler) => accepted switch
    {
        TlsAccepted secured => TlsConnection.Accept(this, secured, handler),
        InProcessAccepted inProcess => inProcess.AdoptOn(this, handler),
        _ => AdoptOutside(accepted, handler),
    };

    /// <summary>Begins to connect; OnConnected or OnClosed follows in a later turn. On this loop's thread.</summary>
    /// <param name="tls">Not null: speaks TLS; OnConnected then follows the handshake.</param>
    public Connection Connect(EndPoint endPoint, ConnectionHandler handler, TlsClientSettings? tls = null)
    {
        if (tls != null) return TlsConnection.Connect(this, endPoint, handler, tls);
        return endPoint is InProcessEndPoint inProcess ? InProcessConnection.Connect(this, inProcess, handler) : ConnectOutside(endPoint, handler);
    }

    /// <summary>Has the item's Flush called once at the end of this turn (or of the next, when called outside of one). Asking twice is asking once.</summary>
    public void FlushLater(Flushable item, FlushPhase phase)
    {
        if (item.FlushQueued) return;

        if (phase == FlushPhase.Replies) replies.Add(item);
        else requests.Add(item);
    }

    /// <summary>Calls back once, at the first turn at or after the delay.</summary>
    public LoopTimer Schedule(long delayMs, Action callback) => timers.Add(Time.GetTimestamp() + ToTicks(delayMs), periodTicks: 0, callback);

    /// <summary>Calls back again and again, each time a period after the last call began; a late call is not made up for.</summary>
    public LoopTimer Every(long periodMs, Action callback)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(periodMs, 1);
        return timers.Add(Time.GetTimestamp() + ToTicks(periodMs), ToTicks(periodMs), callback);
    }

    /// <summary>A delay by this loop's clock, for control flows. Also from another thread.</summary>
    public Task Delay(TimeSpan delay, CancellationToken cancel = default)
    {
        if (cancel.IsCancellationRequested) return Task.FromCanceled(cancel);

        // Rounded up: a delay never ends early.
        var pending = new LoopDelay(this, (long)Math.Ceiling(delay.TotalMilliseconds), cancel);
        if (IsCurrent || threadId == 0) pending.Begin();
        else Post(pending.Begin);
        return pending.Task;
    }

    /// <summary>Runs the action on the loop's thread in a coming turn, in the order posted. From any thread; never runs it in place.</summary>
    public void Post(Action action)
    {
        posts.Add(new PostedWork(action, null, null));
        WakeIfAsleep();
    }

    /// <summary>Turns until <see cref="Stop"/>. The calling thread becomes the loop's thread. A disposed loop returns at once.</summary>
    public virtual void Run()
    {
        if (Interlocked.CompareExchange(ref threadId, Environment.CurrentManagedThreadId, 0) != 0)
            throw new InvalidOperationException("The loop runs already.");

        SynchronizationContext? before = SynchronizationContext.Current;
        idle.Reset();
        turnEndTicks = Time.GetTimestamp();
        SynchronizationContext.SetSynchronizationContext(null);
        while (!stopping && !disposed) Turn(mayWait: true);

        SynchronizationContext.SetSynchronizationContext(before);
        stopping = false;
        if (disposed) ReleaseAll();
        Interlocked.Exchange(ref threadId, 0);
        if (disposed) ReleaseAll();
        idle.Set();
    }

    /// <summary>Ends <see cref="Run"/> after the present turn. From any thread.</summary>
    public virtual void Stop()
    {
        stopping = true;
        WakeIfAsleep();
    }

    /// <summary>
    /// Stops the loop if it runs, waits for its present turn, and closes everything that it owns; peers see their connections end, the
    /// loop's own handlers hear nothing more. From any thread; on the loop's own it takes effect when the turn ends.
    /// </summary>
    public void Dispose()
    {
        if (disposed) return;

        disposed = true;
        // Of this and Run's own look at disposed, after it has taken the thread, at least one sees the other.
        Interlocked.MemoryBarrier();
        if (threadId == 0)
        {
            ReleaseAll();
            return;
        }

        Stop();
        if (!IsCurrent) idle.Wait();
    }

    /// <summary>Waits for events up to the time (-1: for ever, 0: only looks) and keeps them for <see cref="DeliverEvents"/>.</summary>
    protected abstract void Poll(int timeoutMs);

    /// <summary>Tells the handlers what the last poll found. Called again after a callback threw: goes on behind the event that threw.</summary>
    protected abstract void DeliverEvents();

    /// <summary>Ends a <see cref="Poll"/> that waits, or the next one. From any thread.</summary>
    protected abstract void Wake();

    /// <summary>How long the loop's thread has had a core so far and how long it waited for one; nothing where the system does not tell.</summary>
    private protected virtual CoreTime ReadCoreTime() => default;

    /// <summary>Closes sockets and files of this kind of loop. The loop no longer runs.</summary>
    protected abstract void Release();

    protected abstract Listener ListenOutside(EndPoint endPoint, IAcceptor acceptor, ListenOptions options);

    protected abstract Connection AdoptOutside(AcceptedConnection accepted, ConnectionHandler handler);

    protected abstract Connection ConnectOutside(EndPoint endPoint, ConnectionHandler handler);

    /// <summary>Connections and listeners inside the process, which end with their loop.</summary>
    internal HashSet<IDisposable> InProcessMembers { get; } = [];

    /// <summary>Made when the first TLS connection needs it.</summary>
    internal TlsShared Tls => field ??= new TlsShared(this);

    internal void Post(SendOrPostCallback callback, object? state)
    {
        posts.Add(new PostedWork(null, callback, state));
        WakeIfAsleep();
    }

    /// <summary>From any thread: has the signal looked at in a coming turn. <see cref="LoopSignal.Raise"/> sees to it that it is in here once.</summary>
    internal void Enqueue(LoopSignal signal)
    {
        LoopSignal? head = Volatile.Read(ref raised);
        while (true)
        {
            signal.Next = head;
            LoopSignal? found = Interlocked.CompareExchange(ref raised, signal, head);
            if (found == head) break;
            head = found;
        }
        WakeIfAsleep();
    }

    /// <summary>A connection has ended: its handler is told at the end of the turn, so that no call of the handler's own is interrupted by it.</summary>
    internal void TellLater(LoopConnection ended)
    {
        if (lastEnded == null) firstEnded = ended;
        else lastEnded.NextEnded = ended;
        lastEnded = ended;
    }

    internal bool HasPosts => !posts.IsEmpty;

    internal bool HasSignals => taken != null || Volatile.Read(ref raised) != null;

    internal bool HasUnfinished => !replies.IsEmpty || !requests.IsEmpty || firstEnded != null;

    internal bool HasDueTimer => timers.IsDue(Time.GetTimestamp());

    /// <summary>When the next timer is due, in <see cref="NowTicks"/>; <see cref="long.MaxValue"/> when there is none.</summary>
    internal long NextTimerTicks => timers.NextTicks;

    /// <summary>One turn, in the order that the class describes.</summary>
    private protected void Turn(bool mayWait)
    {
        Wait(mayWait ? TimeToWait() : 0);
        long turnBeginTicks = NowTicks;
        if (MeasuresTurnsExactly || turnBeginTicks - coreTimeReadAt > CoreTimePeriodMs * ticksPerMs)
        {
            coreTimeReadAt = turnBeginTicks;
            coreTime = ReadCoreTime();
        }
        Perform(Step.Deliver);
        Perform(Step.FlushReplies);

        // The clients just answered may have sent more by now: requests gathered with theirs need one send to a shard instead of two.
        if (!requests.IsEmpty)
        {
            Poll(0);
            ReadClocks();
            Perform(Step.Deliver);
            Perform(Step.FlushReplies);
            Perform(Step.FlushRequests);
        }

        for (int round = 0; round < InProcessRounds && HasSignals; round++)
        {
            Perform(Step.Deliver);
            Perform(Step.FlushReplies);
            Perform(Step.FlushRequests);
        }

        if (timers.IsDue(NowTicks) || !posts.IsEmpty)
        {
            SynchronizationContext.SetSynchronizationContext(Context);
            timers.BeginTurn();
            posts.BeginTurn();
            Perform(Step.Timers);
            Perform(Step.Posts);
            SynchronizationContext.SetSynchronizationContext(null);
        }

        Perform(Step.Ended);
        Perform(Step.FlushReplies);
        Perform(Step.FlushRequests);

        turnEndTicks = Time.GetTimestamp();
        Statistics.Turns++;
        if (turnEndTicks - turnBeginTicks > ticksPerMs) AccountForLongTurn(turnEndTicks - turnBeginTicks);
    }

    // What the thread waited for a core is the machine's doing. It was read at most ten milliseconds before the turn began, so a little of an
    // earlier wait may be taken off as well, and the time on a core is what the turn had at most.
    private void AccountForLongTurn(long ticks)
    {
        CoreTime before = coreTime;
        coreTime = ReadCoreTime();
        coreTimeReadAt = turnEndTicks;
        ticks = coreTime.OwnTicks(ticks, before);
        Statistics.LongestTurnTicks = Math.Max(Statistics.LongestTurnTicks, ticks);
        if (ticks <= SlowTurnMs * ticksPerMs) return;
        Statistics.SlowTurns++;
        Statistics.LastSlowTurnTicks = ticks;
        bool isTold = coreTime.OnCoreTicks > 0;
        Statistics.LastSlowTurnOnCoreTicks = isTold ? Math.Min(ticks, coreTime.OnCoreTicks - before.OnCoreTicks) : ticks;
    }

    private void Wait(int timeoutMs)
    {
        if (timeoutMs != 0)
        {
            // A full fence stands between "I may sleep" and the last look, as one stands between a poster's work and its look at
            // mayBeAsleep: at least one of the two sees the other.
            Interlocked.Exchange(ref mayBeAsleep, 1);
            if (!posts.IsEmpty || HasSignals || stopping) timeoutMs = 0;
        }

        Poll(timeoutMs);
        Volatile.Write(ref mayBeAsleep, 0);
        ReadClocks();
    }

    private int TimeToWait()
    {
        if (stopping || HasUnfinished || HasSignals || !posts.IsEmpty) return 0;

        long next = timers.NextTicks;
        if (next == long.MaxValue) return -1;

        // Rounded up: to wake a moment too early would be to turn in vain until the timer is due.
        long ticks = next - turnEndTicks;
        return ticks <= 0 ? 0 : (int)Math.Min((ticks + ticksPerMs - 1) / ticksPerMs, int.MaxValue);
    }

    private void WakeIfAsleep()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref mayBeAsleep) != 0 && Interlocked.Exchange(ref mayBeAsleep, 0) != 0) Wake();
    }

    private protected void ReadClocks()
    {
        NowTicks = Time.GetTimestamp();
        NowMs = NowTicks / ticksPerMs;
    }

    private long ToTicks(long ms) => Math.Clamp(ms, 0, long.MaxValue / 4 / ticksPerMs) * ticksPerMs;

    private enum Step
    {
        Deliver,
        FlushReplies,
        FlushRequests,
        Timers,
        Posts,
        Ended,
    }

    // The one place that catches what handlers throw: it blames the connection whose callback it was, then the step goes on behind it.
    private void Perform(Step step)
    {
        bool done = false;
        while (!done)
        {
            try
            {
                Run(step);
                done = true;
            }
            catch (Exception error)
            {
                Blame(error);
            }
        }
        Delivering = null;
    }

    private void Run(Step step)
    {
        switch (step)
        {
            case Step.Deliver:
                DeliverEvents();
                DeliverSignals();
                break;
            case Step.FlushReplies:
                replies.Flush(this);
                break;
            case Step.FlushRequests:
                requests.Flush(this);
                break;
            case Step.Timers:
                timers.Run(this);
                break;
            case Step.Posts:
                posts.Run();
                break;
            case Step.Ended:
                TellEnded();
                break;
        }
    }

    private void DeliverSignals()
    {
        if (taken == null && Volatile.Read(ref raised) != null) taken = InOrder(Interlocked.Exchange(ref raised, null));

        while (taken is { } signal)
        {
            taken = signal.Next;
            signal.Look();
        }
    }

    // The stack holds the latest first; they are looked at in the order raised.
    private static LoopSignal? InOrder(LoopSignal? latestFirst)
    {
        LoopSignal? ordered = null;
        while (latestFirst is { } signal)
        {
            latestFirst = signal.Next;
            signal.Next = ordered;
            ordered = signal;
        }
        return ordered;
    }

    private void TellEnded()
    {
        while (firstEnded is { } connection)
        {
            connection.ReadLastOnce();

            firstEnded = connection.NextEnded;
            if (firstEnded == null) lastEnded = null;
            connection.NextEnded = null;
            if (connection.IsCounted) Statistics.OpenConnections--;
            connection.Tell();
        }
    }

    private void Blame(Exception error)
    {
        object? culprit = Delivering;
        Delivering = null;
        Report(error);
        try
        {
            if (culprit is ConnectionHandler handler) culprit = handler.Connection;
            if (culprit is Connection connection) connection.Abort();
            else if (culprit is AcceptedConnection accepted) accepted.Refuse([]);
        }
        catch (Exception again)
        {
            Report(again);
        }
    }

    private void Report(Exception error)
    {
        try
        {
            if (Unhandled is { } report) report(error);
            else Console.Error.WriteLine(error);
        }
        catch (Exception)
        {
            // Not even that is possible (no descriptor, a full disk under the log): the loop's other connections must not pay for it.
        }
    }

    private void ReleaseAll()
    {
        if (Interlocked.Exchange(ref released, 1) != 0) return;

        foreach (IDisposable member in InProcessMembers.ToArray()) member.Dispose();
        InProcessMembers.Clear();
        Release();
    }
}
