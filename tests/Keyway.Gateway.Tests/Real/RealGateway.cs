using System.Net;
using Keyway.Gateway.Tests.Harness;
using Keyway.Platform;
using Keyway.Testing.RealServers;
using Keyway.Topology;

namespace Keyway.Gateway.Tests.Real;

/// <summary>A gateway on real sockets, its loops on threads of their own, before real servers.</summary>
internal sealed class RealGateway : IDisposable
{
    private readonly EventLoop[] _loops;
    private readonly Thread[] _threads;

    public RealGateway(string transport, IReadOnlyList<IPEndPoint> shards, IReadOnlyList<PartitionRule> rules, int loops = 2, int timeoutMs = 2000,
        Func<ShardDefinition, ShardDefinition>? change = null, Func<PoolDefinition, PoolDefinition>? changePool = null)
    {
        string[] names = [.. Enumerable.Range(0, shards.Count).Select(i => $"s{i}")];
        Map = PartitionMap.Build(rules, names);
        var pool = new PoolDefinition { Name = "main", Listen = [new IPEndPoint(IPAddress.Loopback, 0)], Map = Map };
        var options = new GatewayOptions
        {
            Shards = [.. names.Select((name, i) =>
            {
                var shard = new ShardDefinition
                {
                    Name = name,
                    Kind = "nodes",
                    Address = shards[i],
                    AddressText = shards[i].ToString(),
                    Timeout = TimeSpan.FromMilliseconds(timeoutMs),
                };
                return change is null ? shard : change(shard);
            })],
            Pools = [changePool is null ? pool : changePool(pool)],
        };
        _loops = [.. Enumerable.Range(0, loops).Select(_ => EventLoops.Create(TimeProvider.System, transport))];
        Server = new GatewayServer(_loops, options, Log, "test", new string('a', 40), seed: 1);
        Server.Start();
        Port = ((IPEndPoint)Server.EndPoints[0].EndPoint).Port;
        _threads = [.. _loops.Select(loop => new Thread(loop.Run) { IsBackground = true, Name = "gateway loop" })];
        foreach (Thread thread in _threads) thread.Start();
    }

    public GatewayServer Server { get; }

    public PartitionMap Map { get; }

    public BugLog Log { get; } = new();

    public int Port { get; }

    public RespClient Connect() => RespClient.Connect(Port);

    public void Dispose()
    {
        foreach (EventLoop loop in _loops) loop.Dispose();
        foreach (Thread thread in _threads) thread.Join();
        Log.ThrowIfAny();
    }
}
