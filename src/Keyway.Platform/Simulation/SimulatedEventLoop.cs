using System.Net;

namespace Keyway.Platform.Simulation;

/// <summary>A loop whose turns are steps of its network, each with one event, on the thread that steps.</summary>
public sealed class SimulatedEventLoop : EventLoop
{
    private readonly SimulatedNetwork network;
    private Action? pending;
    private bool isStopped;

    internal SimulatedEventLoop(SimulatedNetwork network, int number)
        : base(network.Time)
    {
        this.network = network;
        Number = number;
    }

    /// <summary>The how-manieth loop of its network this is, for traces.</summary>
    public int Number { get; }

    /// <summary>The process hangs, as under SIGSTOP: it does nothing, and its peers notice nothing but silence.</summary>
    public bool IsStalled { get; set; }

    /// <summary>In a turn of another loop this is false, so that code which must post does.</summary>
    public override bool IsCurrent => network.Turning == null || network.Turning == this;

    public override void Run() => throw new InvalidOperationException("A simulated loop turns when its network steps.");

    /// <summary>It turns no more.</summary>
    public override void Stop() => isStopped = true;

    internal bool IsRunning => !isStopped && !IsStalled;

    internal bool HasWork => HasPosts || HasSignals || HasUnfinished || HasDueTimer;

    internal void TurnWith(Action? happening)
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        SimulatedEventLoop? turning = network.Turning;
        SynchronizationContext.SetSynchronizationContext(null);
        network.Turning = this;
        pending = happening;
        Turn(mayWait: false);
        network.Turning = turning;
        SynchronizationContext.SetSynchronizationContext(before);
    }

    protected override void Poll(int timeoutMs) { }

    protected override void DeliverEvents()
    {
        Action? happening = pending;
        pending = null;
        happening?.Invoke();
    }

    protected override void Wake() { }

    /// <summary>As when a process is killed: its connections are cut and nobody listens any more.</summary>
    protected override void Release()
    {
        isStopped = true;
        network.Remove(this);
    }

    protected override Listener ListenOutside(EndPoint endPoint, IAcceptor acceptor, ListenOptions options)
    {
        var listener = new SimulatedListener(network, this, network.Choose(endPoint), acceptor);
        network.StartListening(listener);
        return listener;
    }

    protected override Connection AdoptOutside(AcceptedConnection accepted, ConnectionHandler handler)
    {
        if (accepted is not SimulatedAccepted simulated) throw new ArgumentException("The connection was accepted by another kind of loop.");
        return new SimulatedConnection(this, simulated.Take(), handler);
    }

    protected override Connection ConnectOutside(EndPoint endPoint, ConnectionHandler handler) =>
        new SimulatedConnection(this, network.BeginConnect(endPoint), handler);
}
