using System.Text;
using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Tests.Simulation;

/// <summary>A data server as far as a sentinel sees it: a role that survives restarts, a link to its master, an offset, and a channel.</summary>
internal sealed class ModelServer(SimulatedWorld world, SimulatedNetwork network, int index, int priority)
    : SimulatedHost(world, index, $"s{index}", $"10.0.0.{index + 1}", 6379)
{
    private const int StepMs = 100;

    // What a server takes to notice that its master says nothing more.
    private const int ReplicationTimeoutMs = 3000;

    private readonly List<(SimulatedWire Wire, Action<string> Deliver)> _subscribers = [];
    private readonly List<string[]> _transaction = [];
    private string _runId = "";
    private long _loadedAt;
    private long _linkDownSince;
    private long _lastHeardOfMaster;
    private long _synchronizedAt;

    /// <summary>Whom it follows; null: nobody, it is a master. On its disk too.</summary>
    public (string Ip, int Port)? MasterAddress { get; set; }

    public bool LinkUp { get; private set; }

    public long Offset { get; private set; }

    public bool IsMaster => MasterAddress == null;

    /// <summary>Whether it serves: the process runs, is not stopped and has loaded its data.</summary>
    public bool Serves => IsUp && !IsPaused && World.Now >= _loadedAt;

    public string State => !IsUp ? "down" : IsMaster ? "master" : $"follows {MasterAddress!.Value.Ip} ({(LinkUp ? "up" : "down")})";

    public void Execute(SimulatedWire wire, string[] arguments, Action<SentinelReply> reply, Action<string> deliver)
    {
        bool loading = World.Now < _loadedAt;
        switch (arguments[0])
        {
            case "PING":
                reply(loading ? SentinelReply.Error("LOADING Redis is loading the dataset in memory") : SentinelReply.Status("PONG"));
                break;
            case "INFO":
                reply(SentinelReply.Bulk(Info()));
                break;
            case "SUBSCRIBE":
                _subscribers.Add((wire, deliver));
                break;
            case "PUBLISH":
                reply(SentinelReply.Integer(1));
                Deliver(arguments[2]);
                break;
            case "MULTI":
                _transaction.Clear();
                reply(SentinelReply.Status("OK"));
                break;
            case "EXEC":
                reply(SentinelReply.Array());
                if (!loading) foreach (string[] command in _transaction) Apply(command);
                _transaction.Clear();
                break;
            default:
                _transaction.Add(arguments);
                reply(SentinelReply.Status("QUEUED"));
                break;
        }
    }

    protected override void Started()
    {
        _runId = Id(World);
        _loadedAt = World.Now + (World.OneIn(3) ? World.Between(100, 4000) : 0);
        _linkDownSince = -1;
        _lastHeardOfMaster = World.Now;
        LinkUp = false;
        _subscribers.Clear();
        Step(Life);
    }

    protected override void Crashed()
    {
        LinkUp = false;
        _subscribers.Clear();
    }

    public static string Id(SimulatedWorld world)
    {
        var id = new StringBuilder(40);
        while (id.Length < 40) id.Append(world.Random.Next(0x10000).ToString("x4"));
        return id.ToString();
    }

    private void Step(int life)
    {
        if (life != Life || !IsUp) return;
        World.After(StepMs, () => Step(life));
        if (IsPaused) return;

        if (IsMaster)
        {
            Offset += World.Random.Next(50);
            return;
        }

        ModelServer? master = Upstream();
        if (master != null)
        {
            _lastHeardOfMaster = World.Now;
            if (!LinkUp && World.Now >= _synchronizedAt)
            {
                LinkUp = true;
                Offset = master.Offset;
            }
            if (LinkUp) Offset = Math.Max(Offset, master.Offset - World.Random.Next(20));
            return;
        }

        bool gone = network.Hosts[MasterAddress!.Value] is { IsUp: false, HasPower: true };
        if (LinkUp && (gone || World.Now - _lastHeardOfMaster > ReplicationTimeoutMs))
        {
            LinkUp = false;
            _linkDownSince = World.Now;
        }
        _synchronizedAt = World.Now + World.Between(50, 800);
    }

    // The one that it gets its data from, if that one can be reached and has any to give.
    private ModelServer? Upstream()
    {
        var master = (ModelServer)network.Hosts[MasterAddress!.Value];
        if (master == this || !master.Serves || network.IsCut(this, master) || network.IsCut(master, this)) return null;
        return master.IsMaster || master.LinkUp ? master : null;
    }

    private void Apply(string[] command)
    {
        if (command[0] != "SLAVEOF") return;

        (string, int)? master = command[1] == "NO" ? null : (command[1], int.Parse(command[2]));
        if (master == MasterAddress) return;
        World.Log(Name, master == null ? "becomes a master" : $"follows {command[1]}");
        MasterAddress = master;
        LinkUp = false;
        _linkDownSince = World.Now;
        _synchronizedAt = World.Now + World.Between(50, 800);
    }

    // To whom it is subscribed here, and to the replicas' own.
    private void Deliver(string hello)
    {
        _subscribers.RemoveAll(subscriber => subscriber.Wire.ClosedByClient || subscriber.Wire.ClientLife != subscriber.Wire.Client.Life);
        foreach ((SimulatedWire wire, Action<string> deliver) in _subscribers) network.Send(wire, toServer: false, () => deliver(hello));

        foreach (ModelServer replica in Replicas())
        {
            int life = replica.Life;
            World.After(World.Between(0, 3), () => replica.Do(life, () => replica.Deliver(hello)));
        }
    }

    private IEnumerable<ModelServer> Replicas() => network.Hosts.Values.OfType<ModelServer>()
        .Where(other => other.IsUp && other.LinkUp && other.MasterAddress == (Ip, Port) && !network.IsCut(this, other));

    private string Info()
    {
        var info = new StringBuilder();
        info.Append($"# Server\r\nredis_version:7.0.15\r\nrun_id:{_runId}\r\ntcp_port:{Port}\r\n# Replication\r\n");
        if (IsMaster)
        {
            info.Append("role:master\r\n");
        }
        else
        {
            (string ip, int port) = MasterAddress!.Value;
            info.Append($"role:slave\r\nmaster_host:{ip}\r\nmaster_port:{port}\r\nmaster_link_status:{(LinkUp ? "up" : "down")}\r\n");
            info.Append($"slave_read_repl_offset:{Offset}\r\nslave_repl_offset:{Offset}\r\n");
            if (!LinkUp) info.Append($"master_link_down_since_seconds:{(_linkDownSince < 0 ? -1 : (World.Now - _linkDownSince) / 1000)}\r\n");
            info.Append($"slave_priority:{priority}\r\nslave_read_only:1\r\nreplica_announced:1\r\n");
        }
        int count = 0;
        foreach (ModelServer replica in Replicas())
        {
            info.Append($"slave{count++}:ip={replica.Ip},port={replica.Port},state=online,offset={replica.Offset},lag=0\r\n");
        }
        info.Append($"connected_slaves:{count}\r\n");
        return info.ToString();
    }
}
