using System.Globalization;
using System.Net;
using System.Text;
using Keyway.Gateway.Links;
using Keyway.Gateway.Tests.Harness;
using Keyway.Platform.Simulation;
using Keyway.Topology;

namespace Keyway.Gateway.Tests.Simulation;

/// <summary>
/// A whole gateway under random traffic, random faults of shards and clients, and maps that change under it. One seed is one run: the same
/// seed repeats it. While it runs, every reply is held to its request and every execution to its owner; at its end all must be well again.
/// </summary>
public sealed class GatewaySimulation
{
    private const int Prefixes = 8;

    private static readonly IPEndPoint Address = new(IPAddress.Parse("10.0.0.1"), 6379);

    private readonly int _seed;
    private readonly Random _random;
    private readonly SimulatedNetwork _network;
    private readonly BugLog _log = new();
    private readonly Ledger _ledger = new();
    private readonly ScriptedShard[] _shards;
    private readonly List<ScriptedClient> _clients = [];
    private GatewayOptions _served;
    private GatewayOptions? _next;
    private readonly GatewayServer _server;
    private readonly int[] _ownerOfPrefix = new int[Prefixes];
    private readonly TimeSpan[] _timeouts;
    private readonly bool _shardsFail;
    private readonly bool _clientsFail;
    private readonly bool _mapChanges;
    private readonly bool _byteByByte;
    private readonly List<string> _events = [];

    // In half of the runs what shards refuse has a successor (the same shard, at times); in the others they are what they are: single nodes.
    private readonly bool _refusalsGoAgain;
    private readonly List<TestPolicy> _policies = [];
    private readonly byte[] _prelude;
    private bool _hasSuccessors = true;
    private SimulatedReload? _reload;
    private int _nextKey;
    private int _nextClient;

    private GatewaySimulation(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        _shardsFail = _random.Next(4) > 0;
        _clientsFail = _random.Next(3) > 0;
        _mapChanges = _random.Next(2) == 0;
        _byteByByte = _random.Next(8) == 0;
        _refusalsGoAgain = _random.Next(2) == 0;
        _prelude = _random.Next(2) == 0 ? [] : "*1\r\n$6\r\nASKING\r\n"u8.ToArray();
        _network = new SimulatedNetwork((ulong)seed + 1)
        {
            Capacity = _random.Next(3) switch { 0 => 4096, 1 => 16 * 1024, _ => 64 * 1024 },
            DeliverRandomLengths = _random.Next(2) == 0,
            DeliverAtMost = _byteByByte ? 1 : int.MaxValue,
        };
        _shards = [.. Enumerable.Range(0, _random.Next(2, 5)).Select(i => new ScriptedShard(_network, $"s{i}", new IPEndPoint(IPAddress.Parse($"10.0.1.{i + 1}"), 6379), _ledger, seed + i))];
        _timeouts = [.. _shards.Select(_ => TimeSpan.FromSeconds(2))];
        for (int i = 0; i < Prefixes; i++)
        {
            _ownerOfPrefix[i] = _random.Next(_shards.Length);
            _ledger.Owners[$"k{i}:"] = [_shards[_ownerOfPrefix[i]].Name];
        }
        SimulatedEventLoop[] loops = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => _network.CreateLoop())];
        _served = MakeOptions(_ownerOfPrefix);
        _server = new GatewayServer(loops, _served, _log, "test", new string('a', 40), seed);
        foreach (GatewayLoop loop in _server.Loops)
        {
            if (_refusalsGoAgain) loop.PolicyFor = MakePolicy;
        }
        _server.Start();
    }

    /// <summary>How many replies were their requests' own, over all clients of the last run.</summary>
    public int OwnReplies { get; private set; }

    public int Errors { get; private set; }

    /// <summary>One run.</summary>
    /// <exception cref="SimulationFailure">An invariant does not hold; the message names the seed.</exception>
    public static GatewaySimulation Run(int seed, int actions = 200)
    {
        var simulation = new GatewaySimulation(seed);
        try
        {
            simulation.Act(actions);
            simulation.Recover();
            simulation.CheckRest();
        }
        catch (Exception failure)
        {
            string last = string.Join("\n  ", simulation._events.TakeLast(25));
            throw new SimulationFailure($"seed {seed}: {failure.Message}\n{simulation}\n  {last}", failure);
        }
        return simulation;
    }

    public override string ToString() =>
        $"{_shards.Length} shards, {_server.Loops.Count} loops, shards fail: {_shardsFail}, clients fail: {_clientsFail}, refusals go again: {_refusalsGoAgain}, map changes: {_mapChanges}, bytes one by one: {_byteByByte}, capacity {_network.Capacity}";

    private void Act(int actions)
    {
        for (int i = 0; i < 4; i++) Connect();
        for (int i = 0; i < actions; i++)
        {
            int choice = _random.Next(100);
            if (choice < 45) Ask();
            else if (choice < 70) Step(_random.Next(1, 300));
            else if (choice < 80) Pass(_random.Next(1, 40));
            else if (choice < 82) Pass(_random.Next(100, 3000));
            else if (choice < 84) Connect();
            else if (choice < 90) FailClient();
            else if (choice < 97) FailShard();
            else ChangeMap();
            Look();
        }
    }

    private void Look()
    {
        foreach (ScriptedShard shard in _shards) shard.Flush();
        foreach (ScriptedClient client in _clients)
        {
            client.Flush(_random.Next(3) == 0 ? _random.Next(1, 100) : int.MaxValue);
            client.CheckClosing();
        }
        _reload?.Advance();
        if (_reload is { IsOver: true }) EndReload();
        _log.ThrowIfAny();
    }

    private void Connect()
    {
        if (_clients.Count(client => client.IsOpen) >= 12) return;
        Note("client connects");
        _clients.Add(new ScriptedClient(_network.Connect(Address), _nextClient++, _ledger, _shardsFail, _mapChanges, seesRefusals: !_refusalsGoAgain));
    }

    private void Ask()
    {
        List<ScriptedClient> able = _clients.FindAll(client => client.IsOpen && !client.HasEndedOutput && !client.Stalls);
        if (able.Count == 0) return;
        ScriptedClient asker = able[_random.Next(able.Count)];
        for (int i = _random.Next(1, 12); i > 0; i--)
        {
            int choice = _random.Next(60);
            if (choice == 0)
            {
                asker.Resp3 = !asker.Resp3;
                asker.Add(ScriptedRequest.Hello(asker.Resp3));
            }
            else if (choice == 1)
            {
                asker.Database = _random.Next(3);
                asker.Add(ScriptedRequest.Select(asker.Database));
            }
            else if (choice < 6)
            {
                foreach (ScriptedRequest request in ScriptedRequest.Transaction(_random, NewKey, asker.Database, asker.Resp3, largeAllowed: !_byteByByte)) asker.Add(request);
            }
            else
            {
                asker.Add(ScriptedRequest.Make(_random, NewKey, asker.Database, asker.Resp3, _shards.Length, largeAllowed: !_byteByByte));
            }
        }
    }

    private string NewKey() => string.Create(CultureInfo.InvariantCulture, $"k{_random.Next(Prefixes)}:{_nextKey++}");

    private void Step(int steps)
    {
        while (steps-- > 0 && _network.Step()) continue;
    }

    // Time passes over a network that is at rest, so that no silence is the simulation's own.
    private void Pass(int milliseconds)
    {
        for (; milliseconds > 0; milliseconds -= 10)
        {
            _network.RunUntilIdle();
            while (Move()) _network.RunUntilIdle();
            _network.Advance(TimeSpan.FromMilliseconds(Math.Min(10, milliseconds)));
        }
    }

    private bool Move()
    {
        bool moved = false;
        foreach (ScriptedShard shard in _shards) moved |= shard.Flush();
        foreach (ScriptedClient client in _clients) moved |= client.Flush(int.MaxValue);
        return moved;
    }

    private void FailClient()
    {
        List<ScriptedClient> open = _clients.FindAll(client => client.IsOpen);
        if (!_clientsFail || open.Count == 0) return;
        ScriptedClient client = open[_random.Next(open.Count)];
        int choice = _random.Next(12);
        Note($"client {client.Number} fails {choice}");
        switch (choice)
        {
            case 0: client.Leave(abruptly: true); break;
            case 1: client.Leave(abruptly: false); break;
            case 2: client.EndOutput(); break;
            case 3 or 4:
                client.Flush(_random.Next(1, 100_000));
                client.Stall();
                break;
            case 5 or 6 or 7: client.StopReading(); break;
            case 8 or 9: client.Stalls = false; break;
            default: client.ResumeReading(); break;
        }
    }

    private void FailShard()
    {
        if (!_shardsFail) return;
        ScriptedShard shard = _shards[_random.Next(_shards.Length)];
        int choice = _random.Next(22);
        Note($"{shard.Name} fails {choice}");
        switch (choice)
        {
            case 0: shard.Kill(); break;
            case 1 or 2: shard.Freeze(); break;
            case 3: shard.IsMute = true; break;
            case 4: shard.ResetOne(_random); break;
            case 5: shard.SendGarbage(_random); break;
            case 6: shard.ResetInReply(_random); break;
            case 7: shard.StopReadingOne(_random); break;
            case 8: SendSurplus(shard); break;
            case 9 or 10: shard.IsLoading = true; break;
            case 11 or 12: shard.RefusesOneIn = _random.Next(1, 12); break;
            case 13: LetSucceed(!_hasSuccessors); break;
            default: shard.Heal(); break;
        }
    }

    private TestPolicy MakePolicy(ShardBackend backend)
    {
        var policy = new TestPolicy(backend) { IsReady = _hasSuccessors, Prelude = _prelude };
        _policies.Add(policy);
        return policy;
    }

    private void LetSucceed(bool yes)
    {
        _hasSuccessors = yes;
        foreach (TestPolicy policy in _policies) policy.IsReady = yes;
    }

    private void SendSurplus(ScriptedShard shard)
    {
        _network.RunUntilIdle();
        if (_server.Loops.SelectMany(loop => loop.Backends).Any(backend => backend.Counters.InFlight > 0)) return;
        shard.SendSurplus(_random);
        _network.RunUntilIdle();
    }

    private void ChangeMap()
    {
        if (!_mapChanges || _reload is not null) return;
        int[] next = [.. _ownerOfPrefix];
        for (int i = 0; i < Prefixes; i++)
        {
            if (_random.Next(3) == 0) next[i] = _random.Next(_shards.Length);
        }

        // Another silence limit makes another shard of it, as far as links are concerned: the old ones drain and go.
        if (_random.Next(3) == 0) _timeouts[_random.Next(_shards.Length)] = TimeSpan.FromSeconds(_random.Next(2, 5));
        for (int i = 0; i < Prefixes; i++)
        {
            if (next[i] != _ownerOfPrefix[i]) _ledger.Owners[$"k{i}:"] = [_shards[_ownerOfPrefix[i]].Name, _shards[next[i]].Name];
        }
        Note("reload begins");
        _next = MakeOptions(next);
        _reload = new SimulatedReload(_server.Loops, _served, _next, next, _network.Time);
    }

    private void EndReload()
    {
        Note($"reload ends, swapped: {_reload!.HasSwapped}");
        if (_reload.HasSwapped)
        {
            _reload.Owners.CopyTo(_ownerOfPrefix, 0);
            _served = _next!;
        }
        for (int i = 0; i < Prefixes; i++)
        {
            string owner = _shards[_ownerOfPrefix[i]].Name;
            List<string> owners = _ledger.Owners[$"k{i}:"];
            if (!owners.Contains(owner)) throw new SimulationFailure($"k{i}: was served by {owners[0]} in a reload that was given up");
            owners.Clear();
            owners.Add(owner);
        }
        _reload = null;
    }

    private void Recover()
    {
        Note("everything heals");
        foreach (ScriptedShard shard in _shards) shard.Heal();
        LetSucceed(true);
        foreach (ScriptedClient client in _clients)
        {
            client.Stalls = false;
            if (client.IsOpen) client.ResumeReading();
        }
        PassUntil(() => _reload is null && _clients.All(client => !client.IsOpen || client.Outstanding == 0), "all are answered");
        PassUntil(() => _server.Loops.All(loop => loop.Backends.All(backend => backend.Breaker is null)), "all shards are up again");
        if (!_clients.Exists(client => client.IsOpen && !client.HasEndedOutput)) Connect();
        foreach (ScriptedClient client in _clients.Where(client => client.IsOpen && !client.HasEndedOutput))
        {
            int errors = client.Errors;
            for (int i = 0; i < Prefixes; i++)
                client.Add(ScriptedRequest.Get(string.Create(CultureInfo.InvariantCulture, $"k{i}:{_nextKey++}"), client.Database, client.Resp3));
            PassUntil(() => client.Outstanding == 0, $"client {client.Number} is served");
            if (client.Errors > errors) throw new SimulationFailure($"client {client.Number} still gets errors after everything has healed");
        }
    }

    private void PassUntil(Func<bool> done, string what)
    {
        for (int passed = 0; passed < 30_000; passed += 10)
        {
            Pass(10);
            Look();
            if (done()) return;
        }
        string owed = string.Join(", ", _clients.Where(client => client.IsOpen && client.Outstanding > 0).Select(client => $"client {client.Number} waits for {client.Outstanding}"));
        string shards = string.Join(", ", _server.Loops.SelectMany(loop => loop.Backends).Select(backend => $"{backend.Definition.Name} {backend.Breaker?.Reason ?? "up"} {backend.Counters.InFlight} in flight waiters {backend.HasWaiters}"));
        string sessions = string.Join(", ", _server.Loops.SelectMany(loop => loop.Sessions).Select(session => $"{session.Blocked} {session.RequestsInFlight} in flight, {session.OutputBytes} out"));
        throw new SimulationFailure($"30 s after everything healed it is not so that {what}: {owed}; {shards}; {sessions}");
    }

    // Nothing is left behind by what happened: no request in flight, no waiter, no link of a former map, no client that is gone.
    private void CheckRest()
    {
        foreach (ScriptedClient client in _clients)
        {
            OwnReplies += client.OwnReplies;
            Errors += client.Errors;
            if (client.IsOpen && client.HasEndedOutput) throw new SimulationFailure($"client {client.Number} has ended its input, has its replies, and is still open");
        }
        foreach (GatewayLoop loop in _server.Loops)
        {
            foreach (ShardBackend backend in loop.Backends)
            {
                if (backend.IsRetired) throw new SimulationFailure($"{backend.Definition.Name} of a former map still has links");
                if (backend.Counters.InFlight != 0) throw new SimulationFailure($"{backend.Definition.Name} counts {backend.Counters.InFlight} in flight at rest");
                if (!backend.Refused.IsEmpty) throw new SimulationFailure($"{backend.Definition.Name} holds refused requests at rest");
                if (backend.HasWaiters) throw new SimulationFailure($"{backend.Definition.Name} has waiters at rest");
            }
            if (loop.Sessions.Any(session => session.RequestsInFlight != 0 || session.OutputBytes != 0 || session.PendingBytes != 0))
                throw new SimulationFailure("a client is owed something at rest");
            if (loop.Streaming.Count != 0) throw new SimulationFailure("a client streams at rest");
            if (loop.Pools.Any(pool => pool.CollectedBytes != 0)) throw new SimulationFailure($"{loop.Pools[0].CollectedBytes} bytes are collected at rest");
        }
        int links = _shards.Max(shard => shard.OpenLinks);
        if (links > _server.Loops.Count * (6 * 4 + 1 + 16)) throw new SimulationFailure($"a shard has {links} links");

        foreach (ScriptedClient client in _clients.Where(client => client.IsOpen)) client.Leave(abruptly: false);
        Pass(20);
        if (_server.Loops.Sum(loop => loop.ClientCount) != 0) throw new SimulationFailure("clients that have left are still counted");
        _log.ThrowIfAny();
    }

    private GatewayOptions MakeOptions(int[] owners)
    {
        string[] names = [.. _shards.Select(shard => shard.Name)];
        var rules = new List<PartitionRule>();
        for (int i = 0; i < Prefixes; i++)
            rules.Add(new PartitionRule { Name = $"k{i}:", Prefix = Encoding.ASCII.GetBytes($"k{i}:"), Line = i + 1, Placement = new Placement.Single(owners[i]) });
        int size = 16384 / names.Length;
        rules.Add(new PartitionRule
        {
            Name = "rest",
            Line = Prefixes + 1,
            Placement = new Placement.Slots([.. Enumerable.Range(0, names.Length).Select(i => new SlotRange(i * size, i == names.Length - 1 ? 16383 : (i + 1) * size - 1, i))]),
        });
        return new GatewayOptions
        {
            Shards = [.. _shards.Select((shard, i) => new ShardDefinition { Name = shard.Name, Kind = "nodes", Address = shard.Address, AddressText = shard.Address.ToString(), Timeout = _timeouts[i] })],
            Pools = [new PoolDefinition { Name = "main", Listen = [Address], Map = PartitionMap.Build(rules, names), MaxPipeline = _seed % 3 == 0 ? 8 : 1024 }],
        };
    }

    private void Note(string what) => _events.Add(string.Create(CultureInfo.InvariantCulture, $"{_network.Time.GetTimestamp() / TimeSpan.TicksPerMillisecond % 1_000_000} ms: {what}"));
}
