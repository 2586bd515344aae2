using System.Globalization;
using Keyway.Platform.Simulation;
using Keyway.Shard.Replication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyway.Shard.Tests.Simulation;

/// <summary>
/// A master and its replicas under random writes, cuts, delays, restarts and promotions. One seed is one run: the same seed repeats it. Whatever happens,
/// nobody goes back in a history, and a history's bytes are the same wherever they are; when all is well again, all have the same data.
/// </summary>
public sealed class ReplicationSimulation
{
    private const int RecoverySeconds = 120;
    private const int SecondsUntilDead = 4;              // all that was given a time has lost it by then

    private readonly Action<string>? _write;
    private readonly Random _random;
    private readonly SimulatedNetwork _network;
    private readonly List<SimulatedNode> _nodes = [];
    private readonly RandomWrites _writes;
    private readonly List<string> _events = [];
    private readonly bool _restarts;
    private readonly bool _promotes;
    private readonly bool _chains;
    private readonly List<SimulatedNode> _unaware = [];  // that somebody else is master now
    private SimulatedNode _master;

    private ReplicationSimulation(int seed, Action<string>? write)
    {
        _write = write;
        _random = new Random(seed);
        _restarts = _random.Next(3) > 0;
        _promotes = _random.Next(4) > 0;
        _chains = _random.Next(2) == 0;
        _network = new SimulatedNetwork((ulong)seed + 1)
        {
            Capacity = _random.Next(3) switch { 0 => 1024, 1 => 16 * 1024, _ => 256 * 1024 },
            DeliverRandomLengths = _random.Next(2) == 0,
        };
        _writes = new RandomWrites(_random);
        int count = _random.Next(2, 5);
        for (int i = 1; i <= count; i++) _nodes.Add(new SimulatedNode(_network, i, _random, Options(i), LogOf(i)));
        _master = _nodes[0];
        foreach (SimulatedNode node in _nodes.Skip(1)) Do($"{node.Number} follows 1", () => node.Follow(_master));
    }

    /// <summary>How often a replica went on where it had stopped, and how often it had to begin anew.</summary>
    public (long Partial, long Full) Syncs { get; private set; }

    /// <summary>One run.</summary>
    /// <param name="seed">Of all that is random.</param>
    /// <param name="actions">How many things happen.</param>
    /// <param name="write">Hears, line by line, what happens and what the nodes say of it.</param>
    /// <exception cref="SimulationFailure">An invariant does not hold; the message names the seed.</exception>
    public static ReplicationSimulation Run(int seed, int actions = 150, Action<string>? write = null)
    {
        ReplicationSimulation? simulation = null;
        try
        {
            simulation = new ReplicationSimulation(seed, write);
            simulation.Act(actions);
            simulation.Recover();
            simulation.CheckRest();
            return simulation;
        }
        catch (Exception failure)
        {
            string last = simulation == null ? "" : string.Join("\n  ", simulation._events.TakeLast(30));
            throw new SimulationFailure($"seed {seed}: {failure.Message}\n{simulation}\n  {last}", failure);
        }
        finally
        {
            simulation?.Stop();
        }
    }

    public override string ToString() => string.Join('\n', _nodes);

    private string[] Options(int number) =>
    [
        "--dir", $"/node{number}", "--databases", "3", "--repl-backlog-size", _random.Next(2) == 0 ? "16kb" : "1mb", "--repl-timeout", "6", "--repl-ping-replica-period", "1",
        "--repl-diskless-sync", _random.Next(2) == 0 ? "yes" : "no", "--repl-diskless-sync-delay", _random.Next(2).ToString(CultureInfo.InvariantCulture),
        "--repl-diskless-load", _random.Next(3) switch { 0 => "disabled", 1 => "on-empty-db", _ => "swapdb" },
        "--save", _random.Next(2) == 0 ? "" : "2 1", "--repl-backlog-ttl", _random.Next(3) == 0 ? "5" : "3600",
    ];

    private ILogger LogOf(int number) => _write == null ? NullLogger.Instance : new NodeLog(number, _network.Time, _write);

    private void Act(int actions)
    {
        for (int i = 0; i < actions; i++)
        {
            int choice = _random.Next(100);
            if (choice < 45) Write();
            else if (choice < 68) Step(_random.Next(1, 200));
            else if (choice < 80) Pass(_random.Next(1, 200));
            else if (choice < 84) Pass(_random.Next(200, 3000));
            else if (choice < 89) Cut();
            else if (choice < 91) Freeze();
            else if (choice < 92) TakeDown();
            else if (choice < 94) Arrange();
            else if (choice < 96) Restart();
            else if (choice < 97) Tell();
            else if (choice < 98) Do("BGSAVE", () => Any().Order("BGSAVE"));
            else Do("lag", () => Any().Order("CLIENT KILL TYPE replica"));

            foreach (SimulatedNode node in _nodes) node.Pump();
            Check();
        }
    }

    private void Write()
    {
        // At times to somebody who should be no master any more, or never was.
        SimulatedNode target = _random.Next(10) == 0 ? Any() : _master;
        if (_unaware.Count > 0 && _random.Next(3) == 0) target = _unaware[_random.Next(_unaware.Count)];
        for (int i = _random.Next(1, 8); i > 0; i--) target.Order(_writes.Next());
    }

    private void Step(int steps)
    {
        for (int i = 0; i < steps && _network.Step(); i++) { }
    }

    private void Pass(int ms) => _network.Advance(TimeSpan.FromMilliseconds(ms));

    private void Cut()
    {
        SimulatedNode node = Any();
        if (_random.Next(2) == 0) Do($"all connections of {node.Number} are cut", () => _network.Reset(node.EndPoint));
        else if (node.Server.Following.Link is { } link) Do($"the link of {node.Number} is cut", () => _network.Reset(link.Connection));
    }

    private void Freeze()
    {
        SimulatedNode node = Any();
        Do($"{node.Number} {(node.IsFrozen ? "can" : "cannot")} be reached", () =>
        {
            if (node.IsFrozen) _network.Thaw(node.Loop);
            else _network.Freeze(node.Loop);
            node.IsFrozen = !node.IsFrozen;
        });
    }

    private void TakeDown()
    {
        SimulatedNode node = Any();
        Do($"{node.Number} {(node.IsDown ? "accepts again" : "is cut off and refuses")}", () =>
        {
            if (node.IsDown) _network.BringUp(node.EndPoint);
            else _network.TakeDown(node.EndPoint);
            node.IsDown = !node.IsDown;
        });
    }

    private void Restart()
    {
        if (!_restarts) return;
        SimulatedNode node = Any();
        bool inOrder = _random.Next(2) == 0;
        Do($"{node.Number} {(inOrder ? "is restarted" : "crashes")}", () =>
        {
            if (node.IsFrozen) _network.Thaw(node.Loop);
            node.IsFrozen = false;
            node.Restart(inOrder);
        });
    }

    private void Arrange()
    {
        SimulatedNode node = Any();
        if (_promotes && node != _master && _random.Next(2) == 0) Promote(node);
        else if (_chains && node != _master) Repoint(node);
    }

    private void Promote(SimulatedNode node)
    {
        SimulatedNode former = _master;
        _master = node;
        Do($"{node.Number} is promoted", () => node.Follow(null));
        if (_random.Next(2) == 0) Step(_random.Next(100));
        former.Plan(node);
        _unaware.Remove(node);
        if (_random.Next(2) == 0) Do($"{former.Number} follows {node.Number}", former.Obey);
        else if (!_unaware.Contains(former)) _unaware.Add(former);
        foreach (SimulatedNode other in _nodes)
        {
            if (other != node && other != former && (other.Follows(other) && other.Master == former) && _random.Next(3) > 0)
                Do($"{other.Number} follows {node.Number}", () => other.Follow(node));
        }
    }

    private void Tell()
    {
        if (_unaware.Count == 0) return;
        SimulatedNode node = _unaware[_random.Next(_unaware.Count)];
        _unaware.Remove(node);
        Do($"{node.Number} hears at last that it follows {node.Master?.Number}", node.Obey);
    }

    private void Repoint(SimulatedNode node)
    {
        SimulatedNode target = Any();
        if (target.Follows(node)) return;
        Do($"{node.Number} follows {target.Number}", () => node.Follow(target));
    }

    /// <summary>All obstacles go, and orders are repeated until they are obeyed.</summary>
    private void Recover()
    {
        foreach (SimulatedNode node in _nodes)
        {
            if (node.IsFrozen) _network.Thaw(node.Loop);
            if (node.IsDown) _network.BringUp(node.EndPoint);
            node.IsFrozen = node.IsDown = false;
        }

        Pass(SecondsUntilDead * 1000);
        for (int second = 0; ; second++)
        {
            foreach (SimulatedNode node in _nodes)
            {
                node.Pump();
                if (!node.IsObedient) node.Follow(node.Master);
            }

            Pass(1000);
            Check();
            if (second > SecondsUntilDead && _nodes.TrueForAll(node => node.IsObedient && node.IsLevel)) return;
            if (second == RecoverySeconds) throw new SimulationFailure("replicas do not become level with their masters");
        }
    }

    private void Check()
    {
        foreach (SimulatedNode node in _nodes) node.CheckOffset();
    }

    private void CheckRest()
    {
        string digest = _master.Digest;
        foreach (SimulatedNode node in _nodes)
        {
            if (node.Digest != digest) throw new SimulationFailure($"node {node.Number} holds other data than its master");
            CompareLogs(_master, node);
            Syncs = (Syncs.Partial + node.Server.Statistics.PartialSyncs, Syncs.Full + node.Server.Statistics.FullSyncs);
        }
    }

    private static void CompareLogs(SimulatedNode one, SimulatedNode other)
    {
        if (one.History.Log is not { } first || other.History.Log is not { } second) return;
        long from = Math.Max(first.First, second.First);
        byte[] a = Read(first, from), b = Read(second, from);
        if (!a.AsSpan().SequenceEqual(b)) throw new SimulationFailure($"nodes {one.Number} and {other.Number} keep different bytes of one history");
    }

    private static byte[] Read(ReplicationLog log, long from)
    {
        LogReader reader = log.AddReader(from);
        var bytes = new List<byte>();
        while (reader.Lag > 0)
        {
            bytes.AddRange(reader.Next);
            reader.Advance(reader.Next.Length);
        }

        reader.Close();
        return [.. bytes];
    }

    private void Do(string what, Action action)
    {
        string line = $"{_network.Time.GetUtcNow():mm:ss.fff} {what}";
        _events.Add(line);
        _write?.Invoke(line);
        action();
    }

    private SimulatedNode Any() => _nodes[_random.Next(_nodes.Count)];

    private void Stop()
    {
        foreach (SimulatedNode node in _nodes) node.Stop();
    }
}
