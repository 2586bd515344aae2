using System.Net;
using System.Text;
using Keyway.Gateway.Links;
using Keyway.Platform.Simulation;
using Keyway.Topology;

namespace Keyway.Gateway.Tests.Harness;

/// <summary>A whole gateway on a simulated network: scripted shards behind it, scripted clients before it, and a clock that only the test moves.</summary>
internal sealed class TestGateway
{
    public static readonly IPEndPoint Address = new(IPAddress.Parse("10.0.0.1"), 6379);

    private readonly Dictionary<string, FakeShard> _shards = [];

    private TestGateway(ulong seed, string[] shards, int loops, Func<GatewayOptions, GatewayOptions>? change, Func<ShardBackend, IRefusalPolicy>? policy, Action<TestGateway>? before = null)
    {
        Network = new SimulatedNetwork(seed);
        for (int i = 0; i < shards.Length; i++)
            _shards[shards[i]] = new FakeShard(Network, new IPEndPoint(IPAddress.Parse($"10.0.1.{i + 1}"), 6379));
        before?.Invoke(this);
        GatewayOptions options = OptionsFor(shards);
        if (change is not null) options = change(options);
        SimulatedEventLoop[] events = [.. Enumerable.Range(0, loops).Select(_ => Network.CreateLoop())];
        Server = new GatewayServer(events, options, Log, "test", new string('a', 40), seed: 1);
        foreach (GatewayLoop loop in Server.Loops)
        {
            if (policy is not null) loop.PolicyFor = policy;
        }
        Server.Start();
        Settle();
    }

    public SimulatedNetwork Network { get; }

    public GatewayServer Server { get; }

    /// <summary>What the gateway has logged; an exception that reached a loop fails the test at its next step.</summary>
    public BugLog Log { get; } = new();

    /// <summary>Keys "a:*" live on a, "b:*" on b, and so on; everything else by hash slot over all of them.</summary>
    public static TestGateway WithShards(params string[] shards) => new(1, shards, 1, null, null);

    public static TestGateway With(
        string[] shards, Func<GatewayOptions, GatewayOptions>? change = null, ulong seed = 1, int loops = 1, Func<ShardBackend, IRefusalPolicy>? policy = null) =>
        new(seed, shards, loops, change, policy);

    /// <summary>Shards a and b; a has three servers, of which the first is the master.</summary>
    public static TestGateway WithNodes(Func<GatewayOptions, GatewayOptions>? change = null, int loops = 1, ulong seed = 1, int nodes = 3, Action<TestGateway>? prepare = null)
    {
        string[] names = [.. Enumerable.Range(1, nodes).Select(i => i == 1 ? "a" : $"a{i}")];
        return new TestGateway(seed, ["a", "b"], loops,
            options => change?.Invoke(Follow(options, nodes)) ?? Follow(options, nodes), null,
            gateway =>
            {
                foreach (string name in names)
                {
                    if (name != "a") gateway.AddShard(name);
                }
                gateway.Shard("a").Role = FakeRole.Master("h1");
                foreach (string name in names[1..]) gateway.Shard(name).Role = FakeRole.ReplicaOf(gateway.Shard("a"));
                prepare?.Invoke(gateway);
            });
    }

    // The servers stand behind a and b: 10.0.1.1, then 10.0.1.3 and so on.
    private static GatewayOptions Follow(GatewayOptions options, int nodes)
    {
        IEnumerable<IPEndPoint> all = Enumerable.Range(1, nodes).Select(i => new IPEndPoint(IPAddress.Parse($"10.0.1.{(i == 1 ? 1 : i + 1)}"), 6379));
        var servers = new ServerList(all.Select(one => new ServerAddress(one, one.ToString())));
        return options with { Shards = [options.Shards[0] with { Servers = servers }, .. options.Shards.Skip(1)] };
    }

    public FakeShard Shard(string name) => _shards[name];

    public FakeShard AddShard(string name)
    {
        var shard = new FakeShard(Network, new IPEndPoint(IPAddress.Parse($"10.0.1.{_shards.Count + 1}"), 6379));
        _shards[name] = shard;
        return shard;
    }

    public TestClient Connect()
    {
        SimulatedPeer peer = Network.Connect(Address);
        Settle();
        return new TestClient(this, peer);
    }

    /// <summary>Lets everything happen that happens without time passing.</summary>
    public void Settle()
    {
        bool moved = true;
        while (moved)
        {
            Network.RunUntilIdle();
            moved = false;
            foreach (FakeShard shard in _shards.Values) moved |= shard.Flush();
        }
        Log.ThrowIfAny();
    }

    public void Advance(int milliseconds)
    {
        // In small steps, as time passes: ticks see each of them.
        for (int passed = 0; passed < milliseconds; passed += 10)
        {
            Network.Advance(TimeSpan.FromMilliseconds(Math.Min(10, milliseconds - passed)));
            Settle();
        }
    }

    public GatewayOptions OptionsFor(params string[] shards)
    {
        var rules = new List<PartitionRule>();
        for (int i = 0; i < shards.Length; i++)
            rules.Add(new PartitionRule { Name = shards[i] + ":", Prefix = Encoding.ASCII.GetBytes(shards[i] + ":"), Line = i + 1, Placement = new Placement.Single(i) });
        int size = 16384 / shards.Length;
        rules.Add(new PartitionRule
        {
            Name = "rest",
            Line = shards.Length + 1,
            Placement = new Placement.Slots([.. Enumerable.Range(0, shards.Length).Select(i => new SlotRange(i * size, i == shards.Length - 1 ? 16383 : (i + 1) * size - 1, i))]),
        });
        return OptionsFor(rules, shards);
    }

    public GatewayOptions OptionsFor(IReadOnlyList<PartitionRule> rules, params string[] shards) => new()
    {
        Shards = [.. shards.Select(name => new ShardDefinition { Name = name, Kind = "nodes", Address = _shards[name].Address, AddressText = _shards[name].Address.ToString() })],
        Pools = [new PoolDefinition { Name = "main", Listen = [Address], Map = PartitionMap.Build(rules, shards) }],
        FileName = "keyway.yaml",
    };
}
