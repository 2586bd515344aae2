using System.Globalization;
using System.Net;
using System.Text;
using Keyway.Topology;

namespace Keyway.Gateway.Tests.Harness;

/// <summary>Fake servers that say they are a cluster, before a gateway whose one shard they are. "a" is the one that the map names.</summary>
internal sealed class FakeCluster
{
    private readonly string[] _names;
    private readonly string[] _owners = new string[HashSlot.Count];

    private FakeCluster(TestGateway gateway, string[] names, string[] masters)
    {
        Gateway = gateway;
        _names = names;
        Masters = [.. masters];
        for (int slot = 0; slot < HashSlot.Count; slot++) _owners[slot] = masters[slot * masters.Length / HashSlot.Count];
        foreach (string name in names) gateway.Shard(name).Answer = request => Answer(name, request);

        // Asked before it could know what to say.
        while (gateway.Shard("a").Waiting is [var first, ..]) gateway.Shard("a").Reply(Answer("a", first)!);
        gateway.Settle();
    }

    public TestGateway Gateway { get; }

    public List<string> Masters { get; }

    public IReadOnlyList<string> Names => _names;

    /// <summary>Which master a replica follows.</summary>
    public Dictionary<string, string> ReplicaOf { get; } = [];

    public int Epoch { get; set; } = 1;

    public int Looks { get; private set; }

    /// <summary>What servers answer to other requests; null keeps them waiting.</summary>
    public Func<string, string, string?>? Other { get; set; }

    public static FakeCluster Of(params string[] masters) => With(masters, []);

    /// <summary>The masters divide the slots among them.</summary>
    /// <param name="others">Servers that are there and not masters.</param>
    public static FakeCluster With(string[] masters, string[] others, Func<PoolDefinition, PoolDefinition>? pool = null)
    {
        string[] names = [.. masters, .. others];
        TestGateway gateway = TestGateway.With(names, options =>
        {
            ShardDefinition first = options.Shards[0];
            ShardDefinition cluster = first with { Name = "c", Kind = "cluster", Servers = new ServerList([new ServerAddress(first.Address, first.AddressText)]) };
            PartitionRule[] all = [new() { Name = "rest", Line = 1, Placement = new Placement.Single(0) }];
            PoolDefinition main = options.Pools[0] with { Map = PartitionMap.Build(all, ["c"]) };
            return options with { Shards = [cluster], Pools = [pool is null ? main : pool(main)] };
        });
        return new FakeCluster(gateway, names, masters);
    }

    public void Give(int slot, string owner)
    {
        _owners[slot] = owner;
        if (!Masters.Contains(owner)) Masters.Add(owner);
    }

    /// <summary>A key that lies in a slot of this server.</summary>
    public string KeyOf(string owner, int number = 0) =>
        Enumerable.Range(0, 10_000).Select(i => $"k{i}").Where(key => _owners[SlotOf(key)] == owner).Skip(number).First();

    public static int SlotOf(string key) => HashSlot.Of(Encoding.Latin1.GetBytes(key));

    public string Redirect(string code, string key, string to) => $"-{code} {SlotOf(key)} {Gateway.Shard(to).Address}\r\n";

    /// <summary>What this server has been asked beside how the cluster looks.</summary>
    public IEnumerable<string> Log(string name) => Gateway.Shard(name).Log.Where(request => !request.StartsWith("CLUSTER "));

    private string? Answer(string name, string request)
    {
        switch (request)
        {
            case "CLUSTER INFO":
                Looks++;
                string info = $"cluster_state:ok\r\ncluster_current_epoch:{Epoch}\r\n";
                return $"${info.Length}\r\n{info}\r\n";
            case "CLUSTER SHARDS":
                return $"*{Masters.Count}\r\n" + string.Concat(Masters.Select(Shard));
            case "READONLY" or "ASKING":
                return "+OK\r\n";
            default:
                return Other?.Invoke(name, request);
        }
    }

    private string Shard(string master)
    {
        var bounds = new List<int>();
        for (int slot = 0; slot < HashSlot.Count; slot++)
        {
            bool isIts = _owners[slot] == master;
            if (isIts && (slot == 0 || _owners[slot - 1] != master)) bounds.Add(slot);
            if (isIts && (slot == HashSlot.Count - 1 || _owners[slot + 1] != master)) bounds.Add(slot);
        }

        string[] members = [master, .. ReplicaOf.Where(pair => pair.Value == master).Select(pair => pair.Key)];
        string slots = $"*{bounds.Count}\r\n" + string.Concat(bounds.Select(bound => string.Create(CultureInfo.InvariantCulture, $":{bound}\r\n")));
        return $"*4\r\n$5\r\nslots\r\n{slots}$5\r\nnodes\r\n*{members.Length}\r\n" + string.Concat(members.Select(Node));
    }

    private string Node(string name)
    {
        IPEndPoint address = Gateway.Shard(name).Address;
        string role = Masters.Contains(name) ? "master" : "replica";
        return string.Create(CultureInfo.InvariantCulture,
            $"*10\r\n$4\r\nport\r\n:{address.Port}\r\n$8\r\nendpoint\r\n${address.Address.ToString().Length}\r\n{address.Address}\r\n$4\r\nrole\r\n${role.Length}\r\n{role}\r\n$18\r\nreplication-offset\r\n:1\r\n$6\r\nhealth\r\n$6\r\nonline\r\n");
    }
}
