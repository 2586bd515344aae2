using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Tests.Simulation;

/// <summary>The process around a core: its links, its disk, its timer. It does what it is told and decides nothing.</summary>
internal sealed class SimulatedSentinel(SimulatedWorld world, SimulatedNetwork network, Invariants invariants, int index, int ordinal, SavedSentinel saved)
    : SimulatedHost(world, index, $"w{ordinal}", $"10.0.1.{ordinal + 1}", 26379), ISentinelOutput
{
    private readonly Dictionary<(InstanceLink Link, LinkKind Kind), SimulatedWire> _wires = [];

    public string Id { get; } = saved.MyId;

    public SimulatedDisk Disk { get; } = new(world, saved);

    public SentinelCore? Core { get; private set; }

    /// <summary>How far its clock is from the world's.</summary>
    public long ClockOffset { get; set; }

    public List<string> Events { get; } = [];

    private long Clock => World.Now + ClockOffset;

    /// <summary>Lets the core take something in, and looks whether what came of it is allowed.</summary>
    public void Enter(Action<SentinelCore, long> input)
    {
        if (Core is not { } core) return;
        try
        {
            input(core, Clock);
        }
        catch (SimulatedCrash)
        {
            Crash(network, losesPower: false);
            // Somebody starts it again.
            World.After(World.Between(100, 8000), Start);
            return;
        }
        invariants.Look(this, core.State);
    }

    public void OpenLink(Instance instance, InstanceLink link, LinkKind kind)
    {
        if (World.Logs) World.Log(Name, $"opens a {kind} link to {instance.Address}");
        SimulatedWire? wire = null;
        wire = network.Connect(this, instance.Address.Ip, instance.Address.Port,
            () => Enter((core, now) => core.OnLinkUp(now, link, kind, Ip)),
            () => Lose(wire!, link, kind));
        if (wire == null) throw World.Failure($"{Name} connects to {instance.Address}, which never was");

        _wires[(link, kind)] = wire;
        if (kind == LinkKind.PubSub) Ask(wire, ["SUBSCRIBE", "__sentinel__:hello"], _ => { }, hello => Enter((core, now) => core.OnPubSub(now, link, hello)));
    }

    public void CloseLink(InstanceLink link, LinkKind kind)
    {
        if (!_wires.Remove((link, kind), out SimulatedWire? wire)) return;
        World.Log(Name, $"closes the {kind} link to {wire.Server.Name}");
        SimulatedNetwork.Close(wire);
    }

    public void Send(SentinelRequest request)
    {
        if (!_wires.TryGetValue((request.Link, LinkKind.Command), out SimulatedWire? wire)) throw World.Failure($"{Name} sends on no link");
        Ask(wire, request.Arguments, reply => Enter((core, now) => core.OnReply(now, request, reply)), _ => { });
    }

    public void Publish(SentinelEvent published)
    {
        Events.Add($"{published.Type} {published.Text}");
        World.Log(Name, $"{published.Type} {published.Text}");
        invariants.Hear(this, published);
    }

    public void Log(EventLevel level, string text) => World.Log(Name, text);

    public void FailoverDelayed(MonitoredMaster master, long inMs) => World.Log(Name, $"no failover of {master.Name} for {inMs} ms");

    public bool Persist() => Disk.Save(Core!.State.Save());

    public void RunScript(string path, string[] arguments)
    {
    }

    public void MasterSwitched(MasterSwitch masterSwitch) => World.Log(Name, $"{masterSwitch.Name} is {masterSwitch.New} by epoch {masterSwitch.ConfigEpoch}");

    public void Crash() => throw new SimulatedCrash();

    protected override void Started()
    {
        var state = new SentinelState(Id) { AnnouncePort = Port };
        Core = new SentinelCore(state, new SentinelConstants(), World.Random.Next(), this);
        invariants.Begin(this);
        int life = Life;
        Enter((core, now) => core.Start(now, Disk.Saved));
        Tick(life);
    }

    protected override void Crashed()
    {
        Core = null;
        _wires.Clear();
        Disk.CrashesAtSave = false;
    }

    private void Tick(int life) => Do(life, () =>
    {
        int delay = 0;
        Enter((core, now) => delay = core.Tick(now));
        World.After(delay, () => Tick(life));
    });

    private void Ask(SimulatedWire wire, string[] arguments, Action<SentinelReply> answered, Action<string> deliver)
    {
        network.Send(wire, toServer: true, () =>
        {
            void Reply(SentinelReply reply) => network.Send(wire, toServer: false, () => answered(reply));
            if (wire.Server is ModelServer server) server.Execute(wire, arguments, Reply, deliver);
            else ((SimulatedSentinel)wire.Server).Execute(arguments, Reply);
        });
    }

    // As a server to the other sentinels.
    private void Execute(string[] arguments, Action<SentinelReply> reply)
    {
        switch (arguments[0])
        {
            case "PING":
                reply(SentinelReply.Status("PONG"));
                break;
            case "PUBLISH":
                Enter((core, now) => core.OnHello(now, arguments[2]));
                reply(SentinelReply.Integer(1));
                break;
            case "SENTINEL":
                MasterDownAnswer? answer = null;
                Enter((core, now) => answer = core.AnswerMasterDown(now, arguments[2], int.Parse(arguments[3]), long.Parse(arguments[4]), arguments[5]));
                if (answer is not { } given) return;
                reply(SentinelReply.Array(
                    SentinelReply.Integer(given.Down ? 1 : 0), SentinelReply.Bulk(given.Leader), SentinelReply.Integer(given.LeaderEpoch)));
                break;
        }
    }

    private void Lose(SimulatedWire wire, InstanceLink link, LinkKind kind)
    {
        if (!_wires.TryGetValue((link, kind), out SimulatedWire? present) || present != wire) return;
        _wires.Remove((link, kind));
        World.Log(Name, $"loses the {kind} link to {wire.Server.Name}");
        Enter((core, now) => core.OnLinkDown(now, link, kind));
    }
}
