namespace Keyway.Sentinel.Tests.Simulation;

/// <summary>One misfortune after the other, each of which ends by itself.</summary>
internal sealed class SimulatedFaults(
    SimulatedWorld world, SimulatedNetwork network, IReadOnlyList<ModelServer> servers, IReadOnlyList<SimulatedSentinel> sentinels)
{
    private const int LongestMs = 20_000;

    private readonly SimulatedHost[] _all = [.. servers, .. sentinels];
    private readonly List<Action> _remedies = [];
    private bool _ended;

    public void Next()
    {
        switch (world.Random.Next(14))
        {
            case 0 or 1: CrashHost(world.One(servers)); break;
            case 2: CrashHost(world.One(sentinels)); break;
            case 3: CrashHost(Master()); break;
            case 4: Pause(world.OneIn(2) ? Master() : world.One(_all)); break;
            case 5: Pause(world.One(sentinels)); break;
            case 6: CutPair(world.One(_all), world.One(_all)); break;
            case 7: Isolate(world.OneIn(2) ? Master() : world.One(_all)); break;
            case 8: CutMasterFromSentinels(); break;
            case 9: Partition(); break;
            case 10: Flap(world.One(_all), world.One(_all), world.Between(3, 12)); break;
            case 11: JumpClock(world.One(sentinels)); break;
            case 12: FailDisk(world.One(sentinels)); break;
            case 13: world.One(sentinels).Disk.CrashesAtSave = true; break;
        }
    }

    /// <summary>Everything runs and reaches everything again.</summary>
    public void End()
    {
        _ended = true;
        foreach (Action remedy in _remedies.ToArray()) remedy();
        foreach (SimulatedSentinel sentinel in sentinels) sentinel.Disk.CrashesAtSave = false;
        foreach (SimulatedHost host in _all)
        {
            host.Resume();
            host.Start();
        }
    }

    private ModelServer Master() => servers.FirstOrDefault(server => server.IsUp && server.IsMaster) ?? world.One(servers);

    private void CrashHost(SimulatedHost host)
    {
        host.Crash(network, losesPower: world.OneIn(3));
        world.After(world.Between(200, LongestMs), host.Start);
    }

    private void Pause(SimulatedHost host)
    {
        host.Pause();
        world.After(world.Between(200, LongestMs), host.Resume);
    }

    private void CutPair(SimulatedHost one, SimulatedHost other)
    {
        if (one == other) return;
        Cut(one, other);
        if (world.OneIn(2)) Cut(other, one);
    }

    private void Isolate(SimulatedHost host)
    {
        world.Log(host.Name, "is cut off");
        int way = world.Random.Next(3);
        int ms = world.Between(500, LongestMs);
        foreach (SimulatedHost other in _all)
        {
            if (other == host) continue;
            if (way != 0) Cut(host, other, ms);
            if (way != 1) Cut(other, host, ms);
        }
    }

    private void CutMasterFromSentinels()
    {
        ModelServer master = Master();
        int ms = world.Between(500, LongestMs);
        bool both = world.OneIn(2);
        foreach (SimulatedSentinel sentinel in sentinels)
        {
            if (world.OneIn(4)) continue;
            Cut(sentinel, master, ms);
            if (both) Cut(master, sentinel, ms);
        }
    }

    private void Partition()
    {
        world.Log("", "the network parts");
        bool[] side = [.. _all.Select(_ => world.OneIn(2))];
        int ms = world.Between(500, LongestMs);
        bool oneWay = world.OneIn(3);
        foreach (SimulatedHost from in _all)
        {
            foreach (SimulatedHost to in _all)
            {
                if (side[from.Index] == side[to.Index] || oneWay && side[from.Index]) continue;
                Cut(from, to, ms);
            }
        }
    }

    private void Flap(SimulatedHost one, SimulatedHost other, int times)
    {
        if (one == other || times == 0 || _ended) return;
        Cut(one, other, world.Between(100, 1500));
        world.After(world.Between(1500, 2500), () => Flap(one, other, times - 1));
    }

    private void JumpClock(SimulatedSentinel sentinel)
    {
        int jumpMs = world.One([-100_000, -5000, -1, 1500, 5000, 60_000, 3_600_000]);
        world.Log(sentinel.Name, $"clock jumps by {jumpMs} ms");
        sentinel.ClockOffset += jumpMs;
    }

    private void FailDisk(SimulatedSentinel sentinel)
    {
        world.Log(sentinel.Name, "disk fails");
        sentinel.Disk.Fails = true;
        Remedy(() => sentinel.Disk.Fails = false, world.Between(500, LongestMs));
    }

    private void Cut(SimulatedHost from, SimulatedHost to) => Cut(from, to, world.Between(300, LongestMs));

    private void Cut(SimulatedHost from, SimulatedHost to, int ms)
    {
        if (world.Logs) world.Log(from.Name, $"no longer reaches {to.Name} for {ms} ms");
        network.Cut(from, to);
        Remedy(() => network.Heal(from, to), ms);
    }

    private void Remedy(Action remedy, int ms)
    {
        bool done = false;
        _remedies.Add(Once);
        world.After(ms, Once);

        void Once()
        {
            if (done) return;
            done = true;
            _remedies.Remove(Once);
            remedy();
        }
    }
}
