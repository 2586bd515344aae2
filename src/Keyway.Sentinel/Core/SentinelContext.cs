namespace Keyway.Sentinel.Core;

/// <summary>What every part of the core works with: the state, the time, chance, and the way out.</summary>
internal sealed class SentinelContext(SentinelState state, SentinelConstants constants, int seed, IHostResolver hosts, ISentinelOutput output)
{
    // Far from 0, which means never: what never happened is longer ago than any period.
    private const long Start = 1L << 40;

    private long? _seen;

    public SentinelState State { get; } = state;

    public SentinelConstants Constants { get; } = constants;

    public IHostResolver Hosts { get; } = hosts;

    public ISentinelOutput Output { get; } = output;

    /// <summary>Milliseconds that never go back, whatever the clock does that drives us.</summary>
    public long Now { get; private set; } = Start;

    /// <summary>The clock went back since somebody looked.</summary>
    public bool ClockWentBack { get; set; }

    private Random Random { get; } = new(seed);

    public int Chance(int below) => Random.Next(below);

    public void Advance(long now)
    {
        long passed = now - (_seen ?? now);
        _seen = now;
        if (passed < 0) ClockWentBack = true;
        else Now += passed;
    }

    /// <summary>How long ago; for what never happened, longer than anything.</summary>
    public long Since(long time) => Now - time;

    public bool Persist() => Output.Persist();

    /// <summary>An event of an instance: its description, and what follows it.</summary>
    public void Publish(EventLevel level, string type, Instance instance, string rest = "") =>
        PublishText(level, type, instance.Master, Describe(instance) + rest);

    public void PublishText(EventLevel level, string type, MonitoredMaster? master, string text) =>
        Output.Publish(new SentinelEvent(level, type, text) { Master = master });

    /// <summary>"replica-or-other name ip port @ mastername masterip masterport", in the words that tools know.</summary>
    public static string Describe(Instance instance)
    {
        string itself = $"{Word(instance.Kind)} {instance.Name} {instance.Address.Text} {instance.Address.Port}";
        if (instance.Kind == InstanceKind.Master) return itself;

        MonitoredMaster master = instance.Master;
        return $"{itself} @ {master.Name} {master.Address.Text} {master.Address.Port}";
    }

    /// <summary>A command under the name that the instance's servers give it.</summary>
    public static string CommandName(Instance instance, string command) => instance.Master.RenamedCommands.GetValueOrDefault(command, command);

    private static string Word(InstanceKind kind) => kind switch
    {
        InstanceKind.Master => "master",
        InstanceKind.Replica => "slave",
        _ => "sentinel",
    };
}
