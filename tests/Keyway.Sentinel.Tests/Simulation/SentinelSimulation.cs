using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Tests.Simulation;

/// <summary>
/// Sentinels, servers and a network that fails them for a while: at no moment two masters in one epoch, two votes or two leaders; and when
/// everything runs again, one master, which all agree on and follow.
/// </summary>
public sealed class SentinelSimulation
{
    private const int MeetMs = 15_000;
    private const int LookEveryMs = 500;

    // The last fault may have been a moment ago, and nobody has noticed it.
    private const int NoticeMs = 3000;

    // It takes that long at worst: a tilt, elections that fail, replicas that first have to be told whom to follow.
    private const int LongestHealingMs = 400_000;
    private const int StaysAsItIsMs = 15_000;

    private readonly SimulatedWorld _world;
    private readonly SimulatedNetwork _network;
    private readonly Invariants _invariants;
    private readonly List<ModelServer> _servers = [];
    private readonly List<SimulatedSentinel> _sentinels = [];
    private readonly List<string> _masters = [];

    private SentinelSimulation(int seed, Action<string>? log)
    {
        _world = new SimulatedWorld(seed, log);
        _invariants = new Invariants(_world);
        int groups = _world.OneIn(4) ? 2 : 1;
        int perGroup = _world.Between(2, 4);
        int sentinels = _world.One([3, 3, 3, 5, 5, 2]);
        _network = new SimulatedNetwork(_world, groups * perGroup + sentinels);

        var saved = new List<SavedMaster>();
        for (int group = 0; group < groups; group++) saved.Add(AddGroup(group, perGroup, sentinels));
        for (int i = 0; i < sentinels; i++)
        {
            var state = new SavedSentinel(ModelServer.Id(_world), 0, saved);
            var sentinel = new SimulatedSentinel(_world, _network, _invariants, _servers.Count + i, i, state);
            _sentinels.Add(sentinel);
            _network.Hosts[(sentinel.Ip, sentinel.Port)] = sentinel;
        }
    }

    public int Elections => _invariants.Elections;

    public int Votes => _invariants.Votes;

    /// <summary>How long everything took to agree, once nothing failed any more.</summary>
    public long HealedAfterMs { get; private set; }

    public long Steps => _world.Steps;

    /// <exception cref="SimulationFailure">What must not be was.</exception>
    public static SentinelSimulation Run(int seed, int faults, Action<string>? log = null)
    {
        var simulation = new SentinelSimulation(seed, log);
        simulation.Run(faults);
        return simulation;
    }

    private SavedMaster AddGroup(int group, int count, int sentinels)
    {
        int first = _servers.Count;
        for (int i = 0; i < count; i++)
        {
            int priority = _world.OneIn(6) ? 50 : 100;
            var server = new ModelServer(_world, _network, _servers.Count, priority);
            if (i > 0) server.MasterAddress = (_servers[first].Ip, _servers[first].Port);
            _servers.Add(server);
            _network.Hosts[(server.Ip, server.Port)] = server;
        }

        string name = $"m{group}";
        _masters.Add(name);
        ModelServer master = _servers[first];
        return new SavedMaster(name, new ServerAddress(master.Ip, master.Ip, master.Port), _world.Between(1, sentinels / 2 + 1))
        {
            DownAfterMs = _world.One([500, 1000, 1000, 3000, 5000]),
            FailoverTimeoutMs = _world.One([3000, 6000, 10_000, 20_000]),
            ParallelSyncs = _world.Between(1, 2),
        };
    }

    private void Run(int faults)
    {
        foreach (ModelServer server in _servers) server.Start();
        foreach (SimulatedSentinel sentinel in _sentinels) _world.After(_world.Between(0, 2000), sentinel.Start);
        Meet();

        var misfortunes = new SimulatedFaults(_world, _network, _servers, _sentinels);
        for (int i = 0; i < faults; i++)
        {
            misfortunes.Next();
            _world.RunUntil(_world.Now + (_world.OneIn(3) ? _world.Between(0, 300) : _world.Between(300, 8000)));
        }
        misfortunes.End();
        _world.Log("", "nothing fails any more");
        _world.RunUntil(_world.Now + NoticeMs);
        HealedAfterMs = NoticeMs + Heal("after the faults");

        if (_world.OneIn(3)) ForceOne();
    }

    // Majorities mean nothing before the sentinels know of one another: who sets them up waits for that, and so do we.
    private void Meet()
    {
        long end = _world.Now + MeetMs;
        while (_world.Now < end || !_sentinels.All(sentinel => sentinel.Disk.Saved.Masters.All(IsComplete)))
        {
            if (_world.Now > end + 60_000) throw _world.Failure("the sentinels do not find one another");
            _world.RunUntil(_world.Now + LookEveryMs);
        }
    }

    private bool IsComplete(SavedMaster master) =>
        master.Sentinels.Count == _sentinels.Count - 1 && master.Replicas.Count == _servers.Count / _masters.Count - 1;

    private long Heal(string when)
    {
        long start = _world.Now;
        string? problem;
        while ((problem = Problem()) != null)
        {
            if (_world.Now - start > LongestHealingMs) throw _world.Failure($"{when} it does not heal: {problem}{Situation()}");
            _world.RunUntil(_world.Now + LookEveryMs);
        }
        long healed = _world.Now - start;
        _world.Log("", $"one master, after {healed} ms");

        _world.RunUntil(_world.Now + StaysAsItIsMs);
        if (Problem() is { } later) throw _world.Failure($"{when} it healed, and then: {later}{Situation()}");
        return healed;
    }

    // A person asks one sentinel for another master while all is well.
    private void ForceOne()
    {
        SimulatedSentinel sentinel = _world.One(_sentinels);
        string name = _world.One(_masters);
        MonitoredMaster master = sentinel.Core!.State.Masters[name];
        string before = master.CurrentAddress.Name;
        var refusal = FailoverRefusal.InProgress;
        // Where a replica's last INFO is old the sentinel may refuse, and shall do it soon after.
        for (int i = 0; i < 100 && refusal != FailoverRefusal.None; i++)
        {
            sentinel.Enter((core, now) => refusal = core.Failover(now, master));
            _world.RunUntil(_world.Now + LookEveryMs);
        }
        if (refusal != FailoverRefusal.None) throw _world.Failure($"a failover that is asked for is refused: {refusal}");

        _world.RunUntil(_world.Now + StaysAsItIsMs);
        Heal("after the failover that was asked for");
        if (master.CurrentAddress.Name == before) throw _world.Failure("the failover that was asked for changes nothing");
    }

    private string? Problem()
    {
        for (int group = 0; group < _masters.Count; group++)
        {
            string name = _masters[group];
            int perGroup = _servers.Count / _masters.Count;
            List<ModelServer> servers = _servers.GetRange(group * perGroup, perGroup);
            ModelServer[] masters = [.. servers.Where(server => server.IsMaster)];
            if (masters is not [{ } master]) return $"{name} has {masters.Length} masters";
            if (servers.Find(server => server != master && (!server.LinkUp || server.MasterAddress != (master.Ip, master.Port))) is { } astray)
            {
                return $"{astray.Name} does not follow {master.Name}";
            }
            foreach (SimulatedSentinel sentinel in _sentinels)
            {
                MonitoredMaster known = sentinel.Core!.State.Masters[name];
                if (known.Address.Ip != master.Ip) return $"to {sentinel.Name} {name} is {known.Address}";
                if (known.InFailover || known.IsSubjectivelyDown) return $"to {sentinel.Name} {name} is down or fails over";
                if (sentinel.Core.State.Tilt) return $"{sentinel.Name} is in tilt";
                if (known.Replicas.Values.Any(replica => replica.IsSubjectivelyDown)) return $"to {sentinel.Name} a replica of {name} is down";
            }
        }
        return null;
    }

    private string Situation()
    {
        IEnumerable<string> servers = _servers.Select(server => $"{server.Name}: {server.State}");
        IEnumerable<string> sentinels = _sentinels.Select(sentinel => $"{sentinel.Name}: " + string.Join(", ", sentinel.Core!.State.Masters.Values
            .Select(master => $"{master.Name} is {master.CurrentAddress}, {master.Flags}, {master.FailoverState}, epoch {master.ConfigEpoch}")));
        return "\n  " + string.Join("\n  ", servers.Concat(sentinels));
    }
}
