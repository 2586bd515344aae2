namespace Keyway.Sentinel.Core;

/// <summary>Who is watched: instances come, go, share links and change their addresses here and nowhere else.</summary>
internal sealed class InstanceRegistry(SentinelContext context)
{
    private SentinelState State => context.State;

    public void Restore(SavedSentinel saved)
    {
        State.CurrentEpoch = saved.CurrentEpoch;
        foreach (SavedMaster master in saved.Masters) Restore(master);
    }

    public MonitoredMaster? Monitor(string name, ServerAddress address, int quorum)
    {
        if (State.Masters.ContainsKey(name)) return null;

        MonitoredMaster master = Add(name, address, quorum);
        // A master that was removed and comes back: we may have voted in the present epoch and do not remember for whom.
        master.LeaderEpoch = State.CurrentEpoch;
        context.Persist();
        context.Publish(EventLevel.Warning, "+monitor", master, $" quorum {quorum}");
        return master;
    }

    public void Remove(MonitoredMaster master)
    {
        if (!State.Masters.Remove(master.Name)) return;

        context.Publish(EventLevel.Warning, "-monitor", master);
        foreach (MonitoredReplica replica in master.Replicas.Values) Release(replica);
        foreach (PeerSentinel sentinel in master.Sentinels.Values) Release(sentinel);
        Release(master);
        context.Persist();
    }

    /// <returns>Null when it is known already, is no acceptable address, or would be one too many.</returns>
    public MonitoredReplica? AddReplica(MonitoredMaster master, string host, int port)
    {
        return context.Hosts.Resolve(host, port) is { } address ? AddReplica(master, address) : null;
    }

    public MonitoredReplica? AddReplica(MonitoredMaster master, ServerAddress address)
    {
        if (master.Replicas.Count >= SentinelConstants.MaxInstances || master.Replicas.ContainsKey(address.Name)) return null;

        var replica = new MonitoredReplica(address, master, context.Now) { DownAfterMs = master.DownAfterMs };
        master.Replicas.Add(replica.Name, replica);
        return replica;
    }

    /// <summary>A sentinel that watches another master with us already is reached by the link that is there.</summary>
    public PeerSentinel? AddSentinel(MonitoredMaster master, string id, ServerAddress address)
    {
        if (master.Sentinels.Count >= SentinelConstants.MaxInstances || master.Sentinels.ContainsKey(id)) return null;

        var sentinel = new PeerSentinel(id, address, master, context.Now) { DownAfterMs = master.DownAfterMs, RunId = id };
        foreach (MonitoredMaster other in State.Masters.Values)
        {
            if (other == master || !other.Sentinels.TryGetValue(id, out PeerSentinel? same)) continue;
            sentinel.Link = same.Link;
            sentinel.Link.Sharers++;
            break;
        }
        master.Sentinels.Add(id, sentinel);
        return sentinel;
    }

    public bool RemoveSentinel(MonitoredMaster master, string id)
    {
        if (!master.Sentinels.Remove(id, out PeerSentinel? sentinel)) return false;
        Release(sentinel);
        return true;
    }

    /// <summary>Forgets all that was found out about a master and what its failover had come to. Votes are never forgotten.</summary>
    public void Reset(MonitoredMaster master, bool keepSentinels)
    {
        foreach (MonitoredReplica replica in master.Replicas.Values) Release(replica);
        master.Replicas.Clear();
        if (!keepSentinels)
        {
            foreach (PeerSentinel sentinel in master.Sentinels.Values) Release(sentinel);
            master.Sentinels.Clear();
        }

        Links.Close(master.Link, LinkKind.Command, context.Output);
        Links.Close(master.Link, LinkKind.PubSub, context.Output);
        master.Flags = InstanceFlags.None;
        master.Leader = null;
        master.FailoverState = FailoverState.None;
        master.FailoverStateSince = 0;
        master.FailoverStart = 0;
        master.Promoted = null;
        master.RunId = null;
        master.MasterHost = null;
        master.RoleReported = InstanceKind.Master;
        master.RoleReportedSince = context.Now;
        InstanceLink link = master.Link;
        link.UnansweredPing = context.Now;
        link.LastPingSent = 0;
        link.LastAvailable = context.Now;
        link.LastPong = context.Now;
    }

    /// <summary>
    /// From now on the master is at another address: the replicas that we knew and the old master are its replicas.
    /// Saved before anybody hears of it.
    /// </summary>
    public void MoveMaster(MonitoredMaster master, ServerAddress address)
    {
        var replicas = new List<ServerAddress>();
        foreach (MonitoredReplica replica in master.Replicas.Values)
        {
            if (!replica.Address.Equals(address)) replicas.Add(replica.Address);
        }
        if (!master.Address.Equals(address)) replicas.Add(master.Address);

        Reset(master, keepSentinels: true);
        master.Address = address;
        master.SubjectivelyDownSince = 0;
        master.ObjectivelyDownSince = 0;
        foreach (ServerAddress replica in replicas) AddReplica(master, replica);
        context.Persist();
    }

    /// <summary>Tells everybody, after <see cref="MoveMaster"/>.</summary>
    public void PublishSwitch(MonitoredMaster master, ServerAddress old)
    {
        ServerAddress address = master.Address;
        context.PublishText(EventLevel.Warning, "+switch-master", master, $"{master.Name} {old.Text} {old.Port} {address.Text} {address.Port}");
        context.Output.MasterSwitched(new MasterSwitch(master.Name, old, address, master.ConfigEpoch));
        PublishReplicas(master);
    }

    public void PublishReplicas(MonitoredMaster master)
    {
        foreach (MonitoredReplica replica in master.Replicas.Values) context.Publish(EventLevel.Notice, "+slave", replica);
    }

    /// <param name="role">"leader" of the failover, or "observer".</param>
    public void RunReconfigScript(MonitoredMaster master, string role, ServerAddress from, ServerAddress to)
    {
        if (master.ClientReconfigScript is not { } script) return;
        context.Output.RunScript(script, [master.Name, role, "start", from.Text, $"{from.Port}", to.Text, $"{to.Port}"]);
    }

    /// <summary>A sentinel has moved: every master that it watches with us must reach it at its new place.</summary>
    public void SpreadAddress(PeerSentinel moved)
    {
        int others = 0;
        foreach (MonitoredMaster master in State.Masters.Values)
        {
            if (!master.Sentinels.TryGetValue(moved.Name, out PeerSentinel? same)) continue;

            Links.Close(same.Link, LinkKind.Command, context.Output);
            if (same == moved) continue;
            same.Address = moved.Address;
            others++;
        }
        if (others > 0) context.Publish(EventLevel.Notice, "+sentinel-address-update", moved, $" {others} additional matching instances");
    }

    private void Restore(SavedMaster saved)
    {
        if (State.Masters.ContainsKey(saved.Name)) return;

        MonitoredMaster master = Add(saved.Name, saved.Address, saved.Quorum);
        master.DownAfterMs = saved.DownAfterMs ?? context.Constants.DefaultDownAfter;
        master.FailoverTimeoutMs = saved.FailoverTimeoutMs ?? context.Constants.DefaultFailoverTimeout;
        master.ParallelSyncs = saved.ParallelSyncs;
        master.RebootDownAfterMs = saved.RebootDownAfterMs;
        master.AuthUser = saved.AuthUser;
        master.AuthPassword = saved.AuthPassword;
        master.NotificationScript = saved.NotificationScript;
        master.ClientReconfigScript = saved.ClientReconfigScript;
        foreach ((string command, string name) in saved.RenamedCommands) master.RenamedCommands[command] = name;
        master.ConfigEpoch = saved.ConfigEpoch;
        master.LeaderEpoch = saved.LeaderEpoch;
        // An epoch that was voted in was heard of.
        State.CurrentEpoch = Math.Max(State.CurrentEpoch, Math.Max(saved.ConfigEpoch, saved.LeaderEpoch));
        foreach (ServerAddress replica in saved.Replicas) AddReplica(master, replica);
        foreach (SavedPeer sentinel in saved.Sentinels)
        {
            if (sentinel.Id != State.MyId) AddSentinel(master, sentinel.Id, sentinel.Address);
        }
    }

    private MonitoredMaster Add(string name, ServerAddress address, int quorum)
    {
        var master = new MonitoredMaster(name, address, quorum, context.Now)
        {
            DownAfterMs = context.Constants.DefaultDownAfter,
            FailoverTimeoutMs = context.Constants.DefaultFailoverTimeout,
        };
        State.Masters.Add(name, master);
        return master;
    }

    private void Release(Instance instance)
    {
        instance.Released = true;
        if (--instance.Link.Sharers > 0) return;
        Links.Close(instance.Link, LinkKind.Command, context.Output);
        Links.Close(instance.Link, LinkKind.PubSub, context.Output);
    }
}
