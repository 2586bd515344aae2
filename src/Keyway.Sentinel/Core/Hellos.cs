namespace Keyway.Sentinel.Core;

/// <summary>What other sentinels say of themselves, of the epoch and of the master.</summary>
internal sealed class Hellos(SentinelContext context, InstanceRegistry registry)
{
    private SentinelState State => context.State;

    public void Process(string text)
    {
        if (HelloMessage.Read(text) is not { } hello || hello.Id == State.MyId) return;
        if (!State.Masters.TryGetValue(hello.MasterName, out MonitoredMaster? master)) return;

        PeerSentinel? sentinel = Sender(master, hello);
        if (hello.CurrentEpoch > State.CurrentEpoch)
        {
            State.CurrentEpoch = hello.CurrentEpoch;
            context.Persist();
            context.PublishText(EventLevel.Warning, "+new-epoch", master, $"{State.CurrentEpoch}");
        }
        if (sentinel == null) return;

        if (hello.ConfigEpoch > master.ConfigEpoch) Adopt(master, sentinel, hello);
        sentinel.LastHello = context.Now;
    }

    public void OnPublished(Instance instance, SentinelReply reply)
    {
        instance.PublishPendingGeneration = 0;
        if (reply.Kind != ReplyKind.Error) instance.LastPublish = context.Now;
    }

    private PeerSentinel? Sender(MonitoredMaster master, HelloMessage hello)
    {
        if (context.Hosts.Resolve(hello.Ip, hello.Port) is not { } address) return null;
        if (master.Sentinels.TryGetValue(hello.Id, out PeerSentinel? known) && known.Address.Equals(address)) return known;

        bool moved = registry.RemoveSentinel(master, hello.Id);
        if (moved)
        {
            context.Publish(EventLevel.Notice, "+sentinel-address-switch", master, $" ip {hello.Ip} port {hello.Port} for {hello.Id}");
        }
        else if (master.Sentinels.Values.FirstOrDefault(other => other.Address.Equals(address)) is { } replaced)
        {
            // Two cannot listen at one place, so the former is gone, for every master that it watched.
            context.Publish(EventLevel.Notice, "+sentinel-invalid-addr", replaced);
            foreach (MonitoredMaster each in State.Masters.Values) registry.RemoveSentinel(each, replaced.Name);
        }

        PeerSentinel? added = registry.AddSentinel(master, hello.Id, address);
        if (added == null) return null;
        context.Persist();
        if (moved) registry.SpreadAddress(added);
        else context.Publish(EventLevel.Notice, "+sentinel", added);
        return added;
    }

    private void Adopt(MonitoredMaster master, PeerSentinel sentinel, HelloMessage hello)
    {
        if (context.Hosts.Resolve(hello.MasterHost, hello.MasterPort) is not { } address) return;

        ServerAddress old = master.Address;
        bool overtaken = IsOvertaken(master, hello.ConfigEpoch);
        master.ConfigEpoch = hello.ConfigEpoch;
        if (old.Equals(address) && !overtaken)
        {
            context.Persist();
            return;
        }

        string source = SentinelContext.Describe(sentinel);
        registry.MoveMaster(master, address);
        context.PublishText(EventLevel.Warning, "+config-update-from", master, source);
        if (old.Equals(address))
        {
            registry.PublishReplicas(master);
            return;
        }
        registry.PublishSwitch(master, old);
        registry.RunReconfigScript(master, "observer", old, address);
    }

    // Our own failover has promoted somebody, but a later one has come to the old address again; or it has not come so far, and its epoch
    // is too old by now. If it went on, it would give its replica out as the master of an epoch that made another one the master.
    private static bool IsOvertaken(MonitoredMaster master, long configEpoch) =>
        master.InFailover && (master.FailoverState >= FailoverState.ReconfReplicas || configEpoch >= master.FailoverEpoch);
}
