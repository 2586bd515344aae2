namespace Keyway.Sentinel.Core;

/// <summary>
/// Every decision of a sentinel, without sockets, clocks or files: what happens goes in with the time, what shall be done comes out
/// through <see cref="ISentinelOutput"/>. The same inputs and the same seed always give the same outputs.
/// </summary>
internal sealed class SentinelCore
{
    private readonly SentinelContext _context;
    private readonly InstanceRegistry _registry;
    private readonly Links _links;
    private readonly DownDetection _down;
    private readonly Votes _votes;
    private readonly Failovers _failovers;
    private readonly InfoActions _info;
    private readonly Hellos _hellos;
    private readonly Tilt _tilt;

    /// <param name="hosts">Null: numeric addresses only.</param>
    public SentinelCore(SentinelState state, SentinelConstants constants, int seed, ISentinelOutput output, IHostResolver? hosts = null)
    {
        _context = new SentinelContext(state, constants, seed, hosts ?? new NumericHosts(), output);
        _registry = new InstanceRegistry(_context);
        _links = new Links(_context);
        _down = new DownDetection(_context);
        _votes = new Votes(_context, _links);
        _failovers = new Failovers(_context, _registry, _links, _votes);
        _info = new InfoActions(_context, _registry, _links);
        _hellos = new Hellos(_context, _registry);
        _tilt = new Tilt(_context);
    }

    /// <summary>Milliseconds in which all times of the model are given. They never go back, and 0 is long before the start.</summary>
    public long Now => _context.Now;

    public SentinelState State => _context.State;

    public SentinelConstants Constants => _context.Constants;

    /// <summary>Takes up what was saved, and says of each master that it is watched.</summary>
    public void Start(long now, SavedSentinel saved)
    {
        _context.Advance(now);
        _registry.Restore(saved);
        foreach (MonitoredMaster master in State.Masters.Values) _context.Publish(EventLevel.Warning, "+monitor", master, $" quorum {master.Quorum}");
    }

    /// <summary>The timer.</summary>
    /// <returns>After how many milliseconds it is to come again: never the same twice for long, so that rivals do not stay in step.</returns>
    public int Tick(long now)
    {
        const int SlowestHz = 10;

        _context.Advance(now);
        _tilt.Check();
        foreach (MonitoredMaster master in State.Masters.Values)
        {
            Watch(master);
            if (!State.Tilt) Act(master);
            foreach (MonitoredReplica replica in master.Replicas.Values) Watch(replica);
            foreach (PeerSentinel sentinel in master.Sentinels.Values) Watch(sentinel);
        }
        _failovers.SwitchFinished();
        return 1000 / (SlowestHz + _context.Chance(SlowestHz));
    }

    /// <param name="localIp">Our end of the connection.</param>
    public void OnLinkUp(long now, InstanceLink link, LinkKind kind, string localIp)
    {
        _context.Advance(now);
        if (kind == LinkKind.Command) link.LocalIp = localIp;
    }

    /// <summary>A connection failed, was refused or was closed by the other end.</summary>
    public void OnLinkDown(long now, InstanceLink link, LinkKind kind)
    {
        _context.Advance(now);
        Links.Lost(link, kind);
    }

    public void OnReply(long now, SentinelRequest request, SentinelReply reply)
    {
        _context.Advance(now);
        if (!_links.Answered(request)) return;

        switch (request.Kind)
        {
            case RequestKind.Ping: _links.OnPing(request.Instance, reply); break;
            case RequestKind.Info: _info.OnInfo((DataInstance)request.Instance, reply); break;
            case RequestKind.Publish: _hellos.OnPublished(request.Instance, reply); break;
            case RequestKind.IsMasterDown: _votes.OnMasterDown((PeerSentinel)request.Instance, reply); break;
            case RequestKind.Discard: break;
        }
    }

    /// <summary>Anything that a pub/sub link delivers: it shows that the link lives.</summary>
    /// <param name="hello">The payload of a message on the hello channel, otherwise null.</param>
    public void OnPubSub(long now, InstanceLink link, string? hello)
    {
        _context.Advance(now);
        link.PubSubActivity = _context.Now;
        if (hello != null) _hellos.Process(hello);
    }

    /// <summary>A hello that another sentinel published to us directly.</summary>
    public void OnHello(long now, string hello)
    {
        _context.Advance(now);
        _hellos.Process(hello);
    }

    /// <summary>SENTINEL IS-MASTER-DOWN-BY-ADDR ip port epoch id: whether we think so, and our vote where one is asked for.</summary>
    public MasterDownAnswer AnswerMasterDown(long now, string ip, int port, long epoch, string id)
    {
        _context.Advance(now);
        return _votes.Answer(ip, port, epoch, id);
    }

    /// <summary>SENTINEL FAILOVER.</summary>
    public FailoverRefusal Failover(long now, MonitoredMaster master)
    {
        _context.Advance(now);
        return _failovers.Force(master);
    }

    /// <summary>SENTINEL MONITOR.</summary>
    /// <returns>Null when a master of this name is watched already.</returns>
    public MonitoredMaster? Monitor(long now, string name, ServerAddress address, int quorum)
    {
        _context.Advance(now);
        return _registry.Monitor(name, address, quorum);
    }

    /// <summary>A replica that need not be found out about first; one that is known already stays as it is.</summary>
    public void Know(long now, MonitoredMaster master, ServerAddress replica)
    {
        _context.Advance(now);
        if (_registry.AddReplica(master, replica) is { } added) _context.Publish(EventLevel.Notice, "+slave", added);
    }

    /// <summary>SENTINEL REMOVE.</summary>
    public void Remove(long now, MonitoredMaster master)
    {
        _context.Advance(now);
        _registry.Remove(master);
    }

    /// <summary>SENTINEL RESET, for each master whose name matches.</summary>
    public void Reset(long now, MonitoredMaster master)
    {
        _context.Advance(now);
        _registry.Reset(master, keepSentinels: false);
        _context.Publish(EventLevel.Warning, "+reset-master", master);
        _context.Persist();
    }

    /// <summary>An option of the master was set: what follows is that it is saved, and an event that says so.</summary>
    /// <param name="change">The option and its value, as the event shall show them.</param>
    public void OptionSet(long now, MonitoredMaster master, string change)
    {
        _context.Advance(now);
        _context.Publish(EventLevel.Warning, "+set", master, " " + change);
    }

    /// <summary>A master's down-after period holds for everything that belongs to it.</summary>
    public static void SetDownAfter(MonitoredMaster master, int downAfterMs)
    {
        master.DownAfterMs = downAfterMs;
        foreach (MonitoredReplica replica in master.Replicas.Values) replica.DownAfterMs = downAfterMs;
        foreach (PeerSentinel sentinel in master.Sentinels.Values) sentinel.DownAfterMs = downAfterMs;
    }

    /// <summary>SENTINEL CKQUORUM.</summary>
    public static QuorumCheck CheckQuorum(MonitoredMaster master)
    {
        int usable = 1 + master.Sentinels.Values.Count(sentinel => !sentinel.Has(InstanceFlags.SubjectivelyDown | InstanceFlags.ObjectivelyDown));
        return new QuorumCheck(usable, usable >= master.Quorum, usable >= Votes.Majority(master));
    }

    private void Watch(Instance instance)
    {
        _links.Reconnect(instance);
        _links.SendPeriodic(instance);
        if (!State.Tilt) _down.CheckSubjectively(instance, mayBeOurs: _tilt.IsLate);
    }

    private void Act(MonitoredMaster master)
    {
        _down.CheckObjectively(master);
        if (_failovers.StartIfNeeded(master)) _votes.AskOthers(master, force: true);
        _failovers.Step(master);
        _votes.AskOthers(master, force: false);
    }
}
