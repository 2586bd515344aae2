using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Keyway.Testing.RealServers;

/// <summary>A real Redis Cluster: masters that divide the slots evenly, and replicas of them, joined by CLUSTER MEET as an operator would.</summary>
public sealed class RedisCluster : IDisposable
{
    private const int Slots = 16384;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Func<RedisServer, RespClient> connect;

    private RedisCluster(RedisServer[] servers, int masters, Func<RedisServer, RespClient>? connect)
    {
        Servers = servers;
        Masters = masters;
        this.connect = connect ?? (server => server.Connect());
        Ids = [.. servers.Select(server => Ask(server, "CLUSTER", "MYID").Text)];
    }

    /// <summary>The masters first, then their replicas in the same order.</summary>
    public RedisServer[] Servers { get; }

    public int Masters { get; }

    public string[] Ids { get; }

    public IEnumerable<IPEndPoint> EndPoints => Servers.Select(server => server.EndPoint);

    /// <param name="masters">How many masters there are.</param>
    /// <param name="replicas">How many replicas each has.</param>
    /// <param name="nodeTimeoutMs">After how long a server that is silent is taken for dead.</param>
    /// <param name="connect">How to reach one of them, where a plain connection is not enough.</param>
    /// <param name="options">Further options of each, by its number.</param>
    public static RedisCluster Start(int masters = 3, int replicas = 1, int nodeTimeoutMs = 1500, Func<RedisServer, RespClient>? connect = null, Func<int, string[]>? options = null)
    {
        var servers = new List<RedisServer>();
        try
        {
            for (int i = 0; i < masters * (1 + replicas); i++)
            {
                servers.Add(RedisServer.Start(
                [
                    "--cluster-enabled", "yes", "--cluster-node-timeout", $"{nodeTimeoutMs}", "--cluster-port", $"{ExternalServer.FreePort()}",
                    "--cluster-allow-replica-migration", "no", .. options?.Invoke(i) ?? [],
                ]));
            }

            var cluster = new RedisCluster([.. servers], masters, connect);
            cluster.Join();
            return cluster;
        }
        catch
        {
            foreach (RedisServer server in servers) server.Dispose();
            throw;
        }
    }

    public RespValue Ask(RedisServer server, params string[] command)
    {
        using RespClient client = connect(server);
        return client.Call(command);
    }

    /// <summary>The master that owns the slot, as this server sees it.</summary>
    public int OwnerOf(int slot)
    {
        foreach (int i in Enumerable.Range(0, Servers.Length).Where(i => !Servers[i].HasExited))
        {
            // <id> <ip>:<port>@<cport> <flags> <master> <ping> <pong> <epoch> <state> <slot>…
            foreach (string line in Ask(Servers[i], "CLUSTER", "NODES").Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] words = line.Split(' ');
                bool owns = words.Skip(8).Where(word => !word.StartsWith('[')).Select(word => word.Split('-')).Any(ends => int.Parse(ends[0], CultureInfo.InvariantCulture) <= slot && slot <= int.Parse(ends[^1], CultureInfo.InvariantCulture));
                if (owns) return Array.IndexOf(Ids, words[0]);
            }
        }

        throw new InvalidOperationException($"nobody owns slot {slot}");
    }

    /// <summary>Moves a slot as redis-cli --cluster reshard does: keys go over one after the other while both ends serve.</summary>
    /// <param name="betweenKeys">Called after each key: its slot is in both places now.</param>
    public void MoveSlot(int slot, int from, int to, Action? betweenKeys = null)
    {
        string number = $"{slot}";
        using RespClient source = connect(Servers[from]);
        using RespClient target = connect(Servers[to]);
        Expect(target.Call("CLUSTER", "SETSLOT", number, "IMPORTING", Ids[from]));
        Expect(source.Call("CLUSTER", "SETSLOT", number, "MIGRATING", Ids[to]));
        while (source.Call("CLUSTER", "GETKEYSINSLOT", number, "1").Texts is [string key])
        {
            betweenKeys?.Invoke();
            RespValue moved = source.Call("MIGRATE", "127.0.0.1", $"{Servers[to].Port}", key, "0", "5000", "REPLACE");
            if (moved.Text != "NOKEY") Expect(moved);   // a client has deleted it meanwhile
        }

        betweenKeys?.Invoke();
        Expect(target.Call("CLUSTER", "SETSLOT", number, "NODE", Ids[to]));
        Expect(source.Call("CLUSTER", "SETSLOT", number, "NODE", Ids[to]));
    }

    public void Dispose()
    {
        foreach (RedisServer server in Servers) server.Dispose();
    }

    /// <summary>Until every server that runs sees the whole cluster well.</summary>
    public void WaitUntilWell() => Until(() => Servers.Where(server => !server.HasExited).All(IsWell), "the cluster does not become well");

    private void Join()
    {
        for (int i = 0; i < Servers.Length; i++)
        {
            Expect(Ask(Servers[i], "CLUSTER", "SET-CONFIG-EPOCH", $"{i + 1}"));
            if (i < Masters) Expect(Ask(Servers[i], "CLUSTER", "ADDSLOTSRANGE", $"{i * Slots / Masters}", $"{((i + 1) * Slots / Masters) - 1}"));
            string bus = Ask(Servers[i], "CONFIG", "GET", "cluster-port").Texts[1];
            if (i > 0) Expect(Ask(Servers[0], "CLUSTER", "MEET", "127.0.0.1", $"{Servers[i].Port}", bus));
        }

        Until(() => Servers.All(server => Ask(server, "CLUSTER", "INFO").Text.Contains($"cluster_known_nodes:{Servers.Length}\r\n", StringComparison.Ordinal)), "they do not meet");
        for (int i = Masters; i < Servers.Length; i++)
        {
            int replica = i;
            string master = Ids[(i - Masters) % Masters];
            Until(() => Ask(Servers[replica], "CLUSTER", "REPLICATE", master).Text == "OK", "a replica does not know its master");
        }

        WaitUntilWell();
        Until(() => Servers.Skip(Masters).All(server => Ask(server, "INFO", "replication").Text.Contains("master_link_status:up", StringComparison.Ordinal)), "the replicas do not replicate");
        Until(() => Servers.All(KnowsReplicas), "not all know of the replicas");
    }

    private bool IsWell(RedisServer server) => Ask(server, "CLUSTER", "INFO").Text.Contains("cluster_state:ok", StringComparison.Ordinal);

    private bool KnowsReplicas(RedisServer server) => Ask(server, "CLUSTER", "NODES").Text.Split("slave").Length - 1 == Servers.Length - Masters;

    private static void Expect(RespValue answer)
    {
        if (answer.Text != "OK") throw new InvalidOperationException(answer.Text);
    }

    private static void Until(Func<bool> condition, string failure)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience) throw new InvalidOperationException(failure);
            Thread.Sleep(10);
        }
    }
}
