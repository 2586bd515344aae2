using System.Net;
using Keyway.Gateway;
using Keyway.Platform;
using Keyway.Topology;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyway.Differential.Servers;

/// <summary>A gateway on threads of this process before shards that divide the hash slots among them: for whoever speaks to it, one server.</summary>
internal sealed class GatewayBefore : Server
{
    private const int Loops = 2;

    private readonly Server[] _shards;
    private Running _running;
    private Exception? _bug;

    public GatewayBefore(params Server[] shards)
        : base("gateway")
    {
        _shards = shards;
        _running = Start();
    }

    public override EndPoint EndPoint => _running.EndPoint;

    public override void Restart()
    {
        _running.Stop();
        foreach (Server shard in _shards) shard.Restart();
        _running = Start();
    }

    public override string LastWords() => string.Join('\n', _shards.Select(shard => shard.LastWords()).Prepend(_bug?.ToString() ?? "").Where(words => words.Length > 0));

    public override void Dispose()
    {
        _running.Stop();
        foreach (Server shard in _shards) shard.Dispose();
    }

    private sealed record Running(EndPoint EndPoint, EventLoop[] Loops, Thread[] Threads)
    {
        public void Stop()
        {
            foreach (EventLoop loop in Loops) loop.Stop();
            foreach (Thread thread in Threads) thread.Join();
            foreach (EventLoop loop in Loops) loop.Dispose();
        }
    }

    private Running Start()
    {
        // What the other side is told through its own connection, the gateway keeps from its shards.
        foreach (Server shard in _shards)
        {
            using Wire.Connection connection = shard.Connect();
            connection.Ask("DEBUG", "SET-ACTIVE-EXPIRE", "0");
        }

        string[] names = [.. Enumerable.Range(1, _shards.Length).Select(i => $"s{i}")];
        int size = HashSlot.Count / _shards.Length;
        SlotRange[] slots = [.. names.Select((_, i) => new SlotRange(i * size, i == names.Length - 1 ? HashSlot.Count - 1 : ((i + 1) * size) - 1, i))];
        PartitionRule[] rules = [new() { Name = "rest", Line = 1, Placement = new Placement.Slots(slots) }];
        var options = new GatewayOptions
        {
            Shards = [.. _shards.Select((shard, i) => new ShardDefinition { Name = names[i], Kind = "nodes", Address = shard.EndPoint, AddressText = $"{shard.EndPoint}", Timeout = TimeSpan.FromSeconds(30) })],
            Pools = [new PoolDefinition { Name = "main", Listen = [new IPEndPoint(IPAddress.Loopback, 0)], Map = PartitionMap.Build(rules, names) }],
        };
        EventLoop[] loops = [.. Enumerable.Range(0, Loops).Select(_ => EventLoops.Create(TimeProvider.System))];
        var server = new GatewayServer(loops, options, NullLogger.Instance, "test", new string('a', 40), seed: 1);
        foreach (EventLoop loop in loops) loop.Unhandled = bug => _bug ??= bug;
        server.Start();
        Thread[] threads = [.. loops.Select(loop => new Thread(loop.Run) { IsBackground = true })];
        foreach (Thread thread in threads) thread.Start();
        return new Running(server.EndPoints[0].EndPoint, loops, threads);
    }
}
