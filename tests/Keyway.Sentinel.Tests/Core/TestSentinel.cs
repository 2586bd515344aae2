using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Tests.Core;

/// <summary>A core that watches "m1" at 10.0.0.1 with what a test puts around it. Time passes when the test says so, tick by tick.</summary>
internal sealed class TestSentinel : ISentinelOutput
{
    private readonly Dictionary<string, TestServer> _servers = [];
    private readonly List<SentinelRequest> _unanswered = [];
    private readonly List<(InstanceLink Link, LinkKind Kind, TestServer Server)> _opened = [];
    private long _nextTick;

    public TestSentinel(int quorum = 2, int downAfterMs = 5000, int failoverTimeoutMs = 10_000, SavedSentinel? saved = null, int seed = 1)
    {
        MasterServer = Add("10.0.0.1", 6379);
        var state = new SentinelState(Ids.Mine) { AnnouncePort = 26379 };
        Core = new SentinelCore(state, new SentinelConstants(), seed, this);
        saved ??= new SavedSentinel(Ids.Mine, 0, [
            new SavedMaster("m1", Resolve(MasterServer), quorum) { DownAfterMs = downAfterMs, FailoverTimeoutMs = failoverTimeoutMs },
        ]);
        Core.Start(Clock, saved);
        _nextTick = Clock;
    }

    public SentinelCore Core { get; }

    /// <summary>The clock that drives the core.</summary>
    public long Clock { get; set; } = 5000;

    public TestServer MasterServer { get; }

    public MonitoredMaster Master => Core.State.Masters["m1"];

    public List<string> Events { get; } = [];

    public List<string> Log { get; } = [];

    /// <summary>"address COMMAND arguments".</summary>
    public List<string> Sent { get; } = [];

    public List<string> Links { get; } = [];

    public List<SavedSentinel> Saved { get; } = [];

    public List<string> Scripts { get; } = [];

    public List<MasterSwitch> Switches { get; } = [];

    public bool DiskFails { get; set; }

    public bool Crashed { get; private set; }

    public long? Delayed { get; private set; }

    public TestServer Add(string ip, int port = 6379) => _servers[$"{ip}:{port}"] = new TestServer(ip, port);

    /// <summary>A replica of the master that its INFO names.</summary>
    public TestServer AddReplica(string ip)
    {
        TestServer replica = Add(ip);
        replica.Master = MasterServer;
        MasterServer.Replicas.Add(replica);
        return replica;
    }

    /// <summary>Another sentinel, which says hello.</summary>
    public TestServer AddSentinel(string ip)
    {
        TestServer sentinel = Add(ip, 26379);
        Hello(sentinel);
        return sentinel;
    }

    public MonitoredReplica Replica(TestServer server) => Master.Replicas[server.Address];

    public PeerSentinel Peer(TestServer sentinel) => Master.Sentinels[sentinel.RunId];

    /// <param name="master">Null: the one that we know.</param>
    public void Hello(TestServer sentinel, long currentEpoch = 0, TestServer? master = null, long configEpoch = 0)
    {
        master ??= _servers[Master.Address.Name];
        Core.OnHello(Clock, $"{sentinel.Ip},{sentinel.Port},{sentinel.RunId},{currentEpoch},m1,{master.Ip},{master.Port},{configEpoch}");
    }

    /// <summary>Ticks as they are due, and answers at once to what answers.</summary>
    public TestSentinel Pass(int ms)
    {
        long end = Clock + ms;
        while (_nextTick <= end)
        {
            Clock = Math.Max(Clock, _nextTick);
            _nextTick = Clock + Core.Tick(Clock);
            Answer();
        }
        Clock = end;
        return this;
    }

    /// <summary>Until something of this kind was published.</summary>
    public TestSentinel PassUntil(string type, int atMostMs = 60_000)
    {
        int from = Events.Count;
        for (int passed = 0; passed < atMostMs; passed += 10)
        {
            Pass(10);
            if (Events.Skip(from).Any(published => published.StartsWith(type + " ", StringComparison.Ordinal))) return this;
        }
        throw new TimeoutException($"no {type} within {atMostMs} ms, only: {string.Join("; ", Events.Skip(from))}");
    }

    /// <summary>As a process that did not run for so long.</summary>
    public void Stall(int ms)
    {
        Clock += ms;
        _nextTick = Clock;
    }

    public string[] SentTo(TestServer server) =>
        [.. Sent.Where(line => line.StartsWith(server.Address + " ", StringComparison.Ordinal)).Select(line => line[(server.Address.Length + 1)..])];

    public string[] EventTypes(int from = 0) => [.. Events.Skip(from).Select(published => published.Split(' ')[0])];

    public bool Has(string type) => Events.Any(published => published.StartsWith(type + " ", StringComparison.Ordinal));

    public static ServerAddress Resolve(TestServer server) => new(server.Ip, server.Ip, server.Port);

    public void OpenLink(Instance instance, InstanceLink link, LinkKind kind)
    {
        Links.Add($"open {kind} {instance.Address}");
        _opened.Add((link, kind, _servers[instance.Address.Name]));
    }

    public void CloseLink(InstanceLink link, LinkKind kind) => Links.Add($"close {kind}");

    public void Send(SentinelRequest request)
    {
        Sent.Add($"{request.Instance.Address} {string.Join(' ', request.Arguments)}");
        _unanswered.Add(request);
    }

    public void Publish(SentinelEvent published) => Events.Add($"{published.Type} {published.Text}");

    void ISentinelOutput.Log(EventLevel level, string text) => Log.Add(text);

    public void FailoverDelayed(MonitoredMaster master, long inMs) => Delayed = inMs;

    public bool Persist()
    {
        if (!DiskFails) Saved.Add(Core.State.Save());
        return !DiskFails;
    }

    public void RunScript(string path, string[] arguments) => Scripts.Add($"{path} {string.Join(' ', arguments)}");

    public void MasterSwitched(MasterSwitch masterSwitch) => Switches.Add(masterSwitch);

    public void Crash() => Crashed = true;

    private void Answer()
    {
        foreach ((InstanceLink link, LinkKind kind, TestServer server) in _opened.ToArray())
        {
            if (server.RefusesConnections) Core.OnLinkDown(Clock, link, kind);
            else Core.OnLinkUp(Clock, link, kind, "10.0.9.9");
        }
        _opened.Clear();

        foreach (SentinelRequest request in _unanswered.ToArray())
        {
            TestServer server = _servers[request.Instance.Address.Name];
            if (server.IsSilent || server.RefusesConnections) continue;
            _unanswered.Remove(request);
            Core.OnReply(Clock, request, Reply(server, request));
        }
        // Nothing but our own hellos passes over a channel here; they keep it alive.
        foreach (MonitoredMaster master in Core.State.Masters.Values)
        {
            Core.OnPubSub(Clock, master.Link, null);
            foreach (MonitoredReplica replica in master.Replicas.Values) Core.OnPubSub(Clock, replica.Link, null);
        }
    }

    private SentinelReply Reply(TestServer server, SentinelRequest request)
    {
        switch (request.Kind)
        {
            case RequestKind.Ping: return server.Ping;
            case RequestKind.Info: return SentinelReply.Bulk(server.Info);
            case RequestKind.Publish: return SentinelReply.Integer(1);
            case RequestKind.IsMasterDown:
                string asked = request.Arguments[5];
                bool votes = asked != "*" && server.Votes;
                return SentinelReply.Array(
                    SentinelReply.Integer(server.SaysMasterIsDown ? 1 : 0),
                    SentinelReply.Bulk(votes ? server.VotesFor ?? asked : "*"),
                    SentinelReply.Integer(votes ? long.Parse(request.Arguments[4]) : 0));
            default:
                if (request.Arguments[0] == "SLAVEOF" && server.Obeys)
                {
                    server.Master = request.Arguments[1] == "NO" ? null : _servers[$"{request.Arguments[1]}:{request.Arguments[2]}"];
                }
                return SentinelReply.Status("OK");
        }
    }
}
