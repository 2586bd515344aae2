using System.Globalization;
using Keyway.Gateway.Tests.Harness;
using Keyway.Gateway.Tests.Simulation;

namespace Keyway.Gateway.Tests.Shards;

/// <summary>
/// A shard of three servers that die, hang, come back stale, are promoted and made to follow, all by a seed, under clients that write without
/// pause. What ran, where and when is held against what clients were told.
/// </summary>
internal sealed class FailoverSimulation
{
    private const int Clients = 6;

    private readonly Random _random;
    private readonly TestGateway _gateway;
    private readonly FakeShard[] _servers;
    private readonly bool[] _isDown = new bool[3];
    private readonly TestClient?[] _clients = new TestClient?[Clients];
    private readonly string[] _unread = new string[Clients];
    private readonly Queue<int>[] _asked = [.. Enumerable.Range(0, Clients).Select(_ => new Queue<int>())];
    private readonly Dictionary<(int Client, int Number), string> _ran = [];
    private readonly HashSet<(int Client, int Number)> _uncertain = [];
    private readonly int[] _lastRun = [.. Enumerable.Repeat(-1, Clients)];
    private readonly int[] _next = new int[Clients];
    private readonly int _seed;
    private int _histories = 1;
    private int _newest;

    private FailoverSimulation(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        _gateway = TestGateway.WithNodes(loops: _random.Next(1, 3), seed: (ulong)seed + 1);
        _servers = [_gateway.Shard("a"), _gateway.Shard("a2"), _gateway.Shard("a3")];
        for (int i = 0; i < 3; i++)
        {
            int server = i;
            _servers[i].Answer = request => Serve(server, request);
        }
        for (int i = 0; i < Clients; i++)
        {
            _clients[i] = _gateway.Connect();
            _unread[i] = "";
        }
    }

    public int Served { get; private set; }

    public int Refused { get; private set; }

    public static FailoverSimulation Run(int seed)
    {
        var simulation = new FailoverSimulation(seed);
        for (int action = 0; action < 150; action++) simulation.Act();
        simulation.Heal();
        return simulation;
    }

    private void Act()
    {
        int choice = _random.Next(100);
        int server = _random.Next(3);
        if (choice < 60) Ask(_random.Next(Clients), _random.Next(1, 6));
        else if (choice < 80) _gateway.Advance(_random.Next(6) == 0 ? 2000 : 10 * _random.Next(1, 30));
        else if (choice < 84) Kill(server);
        else if (choice < 88) Restart(server);
        else if (choice < 91) _servers[server].Role!.IsSilent = true;
        else if (choice < 94) Resume(server);
        else if (choice < 98) FailOver();
        else Demote();
        Look();
    }

    private void Ask(int client, int count)
    {
        // A client that is held is not read: it must not be offered more than the connection takes.
        if (_asked[client].Count > 200) return;
        string requests = "";
        for (; count > 0; count--)
        {
            int number = _next[client]++;
            _asked[client].Enqueue(number);
            requests += TestClient.Encode("SET", $"a:{client}:{number}", "x");
        }
        _clients[client]!.SendRaw(requests);
    }

    // A server that hangs says nothing, and does what it was asked when it goes on.
    private string? Serve(int server, string request)
    {
        FakeRole role = _servers[server].Role!;
        if (role.IsSilent) return null;
        if (!role.IsMaster) return "-READONLY You can't write against a read only replica.\r\n";
        string[] key = request.Split(' ')[1].Split(':');
        (int client, int number) = (int.Parse(key[1], CultureInfo.InvariantCulture), int.Parse(key[2], CultureInfo.InvariantCulture));
        if (!_ran.TryAdd((client, number), $"{server}")) throw Failure($"{request} ran at {_ran[(client, number)]} and again at {server}");
        bool isLate = _uncertain.Contains((client, number));
        if (number < _lastRun[client] && !isLate) throw Failure($"{request} ran behind {_lastRun[client]} of its client");
        _lastRun[client] = Math.Max(_lastRun[client], number);
        return "+OK\r\n";
    }

    private void Look()
    {
        for (int i = 0; i < Clients; i++)
        {
            _unread[i] += _clients[i]!.Take();
            for (int end = _unread[i].IndexOf("\r\n", StringComparison.Ordinal); end >= 0; end = _unread[i].IndexOf("\r\n", StringComparison.Ordinal))
            {
                Judge(i, _unread[i][..end]);
                _unread[i] = _unread[i][(end + 2)..];
            }
        }
    }

    private void Judge(int client, string reply)
    {
        if (!_asked[client].TryDequeue(out int number)) throw Failure($"client {client} got '{reply}' for nothing");
        bool hasRun = _ran.ContainsKey((client, number));
        if (reply == "+OK")
        {
            if (!hasRun) throw Failure($"client {client} was told OK for {number}, which never ran");
            Served++;
        }
        else if (reply.StartsWith("-TRYAGAIN shard 'a'", StringComparison.Ordinal))
        {
            if (hasRun) throw Failure($"client {client} was told '{reply}' for {number}, which ran");

            // It must not run later either.
            _ran.Add((client, number), "refused");
            Refused++;
        }
        else if (reply.StartsWith("-UNCERTAIN shard 'a'", StringComparison.Ordinal))
        {
            _uncertain.Add((client, number));
        }
        else
        {
            throw Failure($"client {client} was told '{reply}'");
        }
    }

    private void Resume(int server)
    {
        _servers[server].Role!.IsSilent = false;
        while (_servers[server].Waiting.Count > 0) _servers[server].Reply(Serve(server, _servers[server].Waiting[0])!);
    }

    private void Kill(int server)
    {
        if (_isDown[server]) return;
        _isDown[server] = true;
        _servers[server].Kill();
        _servers[server].Role!.IsSilent = false;
    }

    // With its data, and another name for its history; it believes that it is what it was.
    private void Restart(int server)
    {
        if (!_isDown[server]) return;
        _isDown[server] = false;
        FakeRole role = _servers[server].Role!;
        if (role.IsMaster)
        {
            role.FormerHistory = role.History;
            role.History = NewHistory();
        }
        _servers[server].Restart();
    }

    // As sentinels do it: one that follows the newest master, when that is gone or hangs; the others that live follow it.
    private void FailOver()
    {
        if (!_isDown[_newest] && !_servers[_newest].Role!.IsSilent && _random.Next(4) > 0) return;
        int next = Enumerable.Range(0, 3).FirstOrDefault(i => i != _newest && IsWell(i) && _servers[i].Role!.Follows == _servers[_newest], -1);
        if (next < 0) return;
        _servers[next].Role!.Promote(NewHistory());
        _newest = next;
        for (int i = 0; i < 3; i++)
        {
            if (i != next && IsWell(i) && !_servers[i].Role!.IsMaster) _servers[i].Role!.Follow(_servers[next]);
        }
    }

    // A stale master that has come back is told whom to follow.
    private void Demote()
    {
        if (!IsWell(_newest)) return;
        for (int i = 0; i < 3; i++)
        {
            if (i != _newest && IsWell(i)) _servers[i].Role!.Follow(_servers[_newest]);
        }
    }

    private void Heal()
    {
        for (int i = 0; i < 3; i++)
        {
            Resume(i);
            Restart(i);
        }
        Demote();
        for (int passed = 0; passed < 60_000 && _asked.Any(asked => asked.Count > 0); passed += 100)
        {
            _gateway.Advance(100);
            Look();
        }
        if (_asked.Any(asked => asked.Count > 0)) throw Failure("not all are answered a minute after everything has healed");

        // What was asked of a server while it hung it answers no more: that takes until its silence is too long.
        _gateway.Advance(2500);
        int served = Served;
        for (int i = 0; i < Clients; i++) Ask(i, 3);
        _gateway.Advance(1500);
        Look();
        if (Served != served + (3 * Clients)) throw Failure($"not all are served after everything has healed: {_gateway.Server.Snapshot().Shards[0].Trouble}");
        string newest = _servers[_newest].Address.ToString();
        if (_gateway.Server.Snapshot().Shards[0].Address != newest) throw Failure($"the master is {newest}");
    }

    private bool IsWell(int server) => !_isDown[server] && !_servers[server].Role!.IsSilent;

    private string NewHistory() => $"h{++_histories}";

    private SimulationFailure Failure(string what) => new($"seed {_seed}: {what}");
}
