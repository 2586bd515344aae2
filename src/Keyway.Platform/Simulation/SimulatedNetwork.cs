using System.Net;
using System.Net.Sockets;

namespace Keyway.Platform.Simulation;

/// <summary>
/// A network, its clocks and the loops on it, all on the calling thread. Of everything that could happen next, a seeded random picks one:
/// the same seed and the same calls give the same run, so a failure is a seed.
/// </summary>
public sealed class SimulatedNetwork(ulong seed)
{
    // Far above what any test needs; two loops that answer each other for ever end here instead of never.
    private const int MaxSteps = 20_000_000;

    private readonly SimulatedRandom random = new(seed);
    private readonly List<SimulatedEventLoop> loops = [];
    private readonly List<SimulatedEnd> ends = [];
    private readonly List<(ISimulatedListener Listener, SimulatedEnd End)> arrivals = [];
    private readonly Dictionary<EndPoint, ISimulatedListener> listeners = [];
    private readonly HashSet<EndPoint> frozen = [];
    private readonly HashSet<EndPoint> refused = [];
    private readonly HashSet<EventLoop> frozenLoops = [];
    private readonly List<Candidate> candidates = [];
    private int nextClientPort = 49152;
    private int nextServerPort = 20000;
    private int loopsMade;
    private long steps;

    public SimulatedTimeProvider Time { get; } = new();

    /// <summary>Bytes that may be under way in each direction of a connection made from here on: then sends fall short.</summary>
    public int Capacity { get; set; } = 64 * 1024;

    /// <summary>At most so many bytes arrive at once: 1 to try every boundary.</summary>
    public int DeliverAtMost { get; set; } = int.MaxValue;

    /// <summary>Each delivery has a random length up to what could arrive.</summary>
    public bool DeliverRandomLengths { get; set; }

    /// <summary>Hears one line per step: what to compare, or to read, when a seed fails.</summary>
    public Action<string>? Trace { get; set; }

    internal SimulatedEventLoop? Turning { get; set; }

    public SimulatedEventLoop CreateLoop()
    {
        var loop = new SimulatedEventLoop(this, ++loopsMade);
        loops.Add(loop);
        return loop;
    }

    /// <summary>A client that the test plays itself. It is connected after the steps that this takes.</summary>
    public SimulatedPeer Connect(EndPoint endPoint) => new(BeginConnect(endPoint));

    /// <summary>A server that the test plays itself.</summary>
    /// <exception cref="AddressInUseException">Somebody listens there already.</exception>
    public SimulatedServer Listen(EndPoint endPoint)
    {
        var server = new SimulatedServer(this, Choose(endPoint));
        StartListening(server);
        return server;
    }

    /// <summary>Lets one thing happen. Returns false when nothing can, until time passes or the test does something.</summary>
    public bool Step()
    {
        FindCandidates();
        if (candidates.Count == 0) return false;

        steps++;
        Happen(candidates[random.Next(candidates.Count)]);
        return true;
    }

    /// <summary>Steps until nothing can happen at the present time.</summary>
    public void RunUntilIdle()
    {
        for (int count = 0; Step(); count++)
            if (count == MaxSteps) throw new InvalidOperationException("The simulation does not come to rest.");
    }

    /// <summary>Lets time pass: stops at each moment that a timer is due, and runs until idle there.</summary>
    public void Advance(TimeSpan time)
    {
        long end = Time.GetTimestamp() + time.Ticks;
        RunUntilIdle();
        while (NextTimer() is var next && next <= end)
        {
            Time.Advance(TimeSpan.FromTicks(Math.Max(0, next - Time.GetTimestamp())));
            RunUntilIdle();
        }
        Time.Advance(TimeSpan.FromTicks(end - Time.GetTimestamp()));
        RunUntilIdle();
    }

    /// <summary>Nothing arrives at or from the endpoint, new connections included, until <see cref="Thaw(EndPoint)"/>; nothing is lost.</summary>
    public void Freeze(EndPoint endPoint) => frozen.Add(endPoint);

    public void Thaw(EndPoint endPoint) => frozen.Remove(endPoint);

    /// <summary>The same for all connections of a loop, also those that it opened itself: a host cut off from the network.</summary>
    public void Freeze(EventLoop loop) => frozenLoops.Add(loop);

    public void Thaw(EventLoop loop) => frozenLoops.Remove(loop);

    /// <summary>New connections to the endpoint are refused; present ones live on.</summary>
    public void Refuse(EndPoint endPoint) => refused.Add(endPoint);

    /// <summary>Ends <see cref="Refuse"/> and <see cref="TakeDown"/>.</summary>
    public void BringUp(EndPoint endPoint) => refused.Remove(endPoint);

    /// <summary>Every connection of the endpoint is cut and new ones are refused, until <see cref="BringUp"/>.</summary>
    public void TakeDown(EndPoint endPoint)
    {
        Refuse(endPoint);
        Reset(endPoint);
    }

    /// <summary>Cuts every connection of the endpoint: both sides learn of it, and what was under way is lost.</summary>
    public void Reset(EndPoint endPoint)
    {
        foreach (SimulatedEnd end in ends.ToArray())
            if (end.EndPoint.Equals(endPoint)) Reset(end);
    }

    /// <summary>Cuts one connection of a simulated loop.</summary>
    public void Reset(Connection connection) => Reset(((SimulatedConnection)connection).SimulatedEnd);

    internal SimulatedEnd BeginConnect(EndPoint endPoint)
    {
        var end = new SimulatedEnd(this, new IPEndPoint(IPAddress.Loopback, nextClientPort)) { Target = endPoint };
        nextClientPort = nextClientPort == ushort.MaxValue ? 32768 : nextClientPort + 1;
        end.BeginConnecting();
        ends.Add(end);
        return end;
    }

    /// <summary>The endpoint itself, or with a free port in place of 0.</summary>
    internal EndPoint Choose(EndPoint endPoint) =>
        endPoint is IPEndPoint { Port: 0 } ip ? new IPEndPoint(ip.Address, nextServerPort++) : endPoint;

    internal void StartListening(ISimulatedListener listener)
    {
        if (!listeners.TryAdd(listener.EndPoint, listener))
            throw new AddressInUseException($"{listener.EndPoint} is taken by another listener of this simulation.");
    }

    internal void StopListening(ISimulatedListener listener)
    {
        if (listeners.TryGetValue(listener.EndPoint, out ISimulatedListener? present) && present == listener) listeners.Remove(listener.EndPoint);
        foreach (var (_, end) in arrivals.FindAll(arrival => arrival.Listener == listener)) end.Cut();
        arrivals.RemoveAll(arrival => arrival.Listener == listener);
    }

    internal void Forget(SimulatedEnd end) => ends.Remove(end);

    internal void Remove(SimulatedEventLoop loop)
    {
        foreach (ISimulatedListener listener in listeners.Values.Where(listener => listener.OwnLoop == loop).ToArray()) StopListening(listener);
        foreach (SimulatedEnd end in ends.ToArray())
            if (end.Owner?.OwnLoop == loop) end.Cut();
        loops.Remove(loop);
    }

    private enum Kind
    {
        Turn,
        Arrive,
        Accept,
        News,
        Room,
    }

    private readonly record struct Candidate(Kind Kind, SimulatedEventLoop? Loop, SimulatedEnd? End, int Arrival = -1);

    // In the order of their making, so that the pick depends on nothing but the seed.
    private void FindCandidates()
    {
        candidates.Clear();
        foreach (SimulatedEventLoop loop in loops)
            if (loop.IsRunning && loop.HasWork) candidates.Add(new Candidate(Kind.Turn, loop, null));

        for (int i = 0; i < arrivals.Count; i++)
        {
            var (listener, end) = arrivals[i];
            if (Runs(listener.OwnLoop) && !IsFrozen(end)) candidates.Add(new Candidate(Kind.Accept, listener.OwnLoop, end, i));
        }

        foreach (SimulatedEnd end in ends)
        {
            SimulatedEventLoop? loop = end.Owner?.OwnLoop;
            if (end.IsUnderWay)
            {
                if (!IsFrozen(end)) candidates.Add(new Candidate(Kind.Arrive, null, end));
            }
            else if (Runs(loop))
            {
                if (end.HasNews && !IsFrozen(end)) candidates.Add(new Candidate(Kind.News, loop, end));
                if (end.HasRoomNews) candidates.Add(new Candidate(Kind.Room, loop, end));
            }
        }
    }

    private static bool Runs(SimulatedEventLoop? loop) => loop is null or { IsRunning: true };

    private bool IsFrozen(SimulatedEnd end) =>
        (frozen.Count > 0 && (frozen.Contains(end.EndPoint) || (end.Target != null && frozen.Contains(end.Target))
            || (end.Peer != null && (frozen.Contains(end.Peer.EndPoint) || (end.Peer.Target != null && frozen.Contains(end.Peer.Target))))))
        || (frozenLoops.Count > 0 && (IsOfFrozenLoop(end) || (end.Peer != null && IsOfFrozenLoop(end.Peer))
            || (end.Target != null && FindListener(end.Target)?.OwnLoop is { } loop && frozenLoops.Contains(loop))));

    private bool IsOfFrozenLoop(SimulatedEnd end) => end.Owner?.OwnLoop is { } loop && frozenLoops.Contains(loop);

    private void Happen(Candidate candidate)
    {
        SimulatedEnd? end = candidate.End;
        string told = "";
        switch (candidate.Kind)
        {
            case Kind.Turn:
                candidate.Loop!.TurnWith(null);
                break;
            case Kind.Arrive:
                told = Arrive(end!);
                break;
            case Kind.Accept:
                ISimulatedListener listener = arrivals[candidate.Arrival].Listener;
                arrivals.RemoveAt(candidate.Arrival);
                RunOn(candidate.Loop, () => listener.Accept(end!));
                break;
            case Kind.News:
                int atMost = DeliverAtMost;
                if (DeliverRandomLengths && end!.IncomingLength > 1) atMost = Math.Min(atMost, 1 + random.Next(end.IncomingLength));
                RunOn(candidate.Loop, () => told = TellOwner(end!, atMost));
                break;
            case Kind.Room:
                RunOn(candidate.Loop, () =>
                {
                    Blame(end!);
                    told = end!.TellRoom();
                });
                break;
        }

        Trace?.Invoke($"{steps} {candidate.Kind} loop {candidate.Loop?.Number} {end?.EndPoint} {told}");
    }

    private static string TellOwner(SimulatedEnd end, int atMost)
    {
        Blame(end);
        return end.Tell(atMost);
    }

    private static void Blame(SimulatedEnd end)
    {
        if (end.Owner?.OwnLoop is { } loop) loop.Delivering = end.Owner;
    }

    private static void RunOn(SimulatedEventLoop? loop, Action happening)
    {
        if (loop == null) happening();
        else loop.TurnWith(happening);
    }

    private string Arrive(SimulatedEnd client)
    {
        EndPoint target = client.Target!;
        ISimulatedListener? listener = refused.Contains(target) ? null : FindListener(target);
        if (listener == null)
        {
            bool isUnknownName = target is DnsEndPoint { Host: not "localhost" };
            client.Break(new SocketException((int)(isUnknownName ? SocketError.HostNotFound : SocketError.ConnectionRefused)));
            return "refused";
        }

        var server = new SimulatedEnd(this, listener.EndPoint);
        ends.Add(server);
        client.ConnectTo(server);
        arrivals.Add((listener, server));
        return "arrived";
    }

    private ISimulatedListener? FindListener(EndPoint target)
    {
        if (target is DnsEndPoint { Host: "localhost" } name) target = new IPEndPoint(IPAddress.Loopback, name.Port);
        if (listeners.TryGetValue(target, out ISimulatedListener? listener)) return listener;
        if (target is not IPEndPoint ip) return null;

        IPAddress any = ip.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
        return listeners.GetValueOrDefault(new IPEndPoint(any, ip.Port));
    }

    private static void Reset(SimulatedEnd end)
    {
        var cut = new SocketException((int)SocketError.ConnectionReset);
        end.Break(cut);
        end.Peer?.Break(cut);
    }

    private long NextTimer()
    {
        long next = long.MaxValue;
        foreach (SimulatedEventLoop loop in loops)
            if (loop.IsRunning) next = Math.Min(next, loop.NextTimerTicks);
        return next;
    }
}
