namespace Keyway.Sentinel.Core;

/// <summary>When to connect, what to send regularly, and what the answers to pings mean.</summary>
internal sealed class Links(SentinelContext context)
{
    public const string HelloChannel = "__sentinel__:hello";

    private const int Pending = SentinelConstants.MaxPendingCommands;

    private SentinelConstants Constants => context.Constants;

    /// <summary>Opens what is missing. At most once in a ping period, whoever refuses us.</summary>
    public void Reconnect(Instance instance)
    {
        InstanceLink link = instance.Link;
        if (!link.Disconnected || instance.Address.Port == 0) return;
        if (context.Since(link.LastReconnect) < Constants.PingPeriod) return;
        link.LastReconnect = context.Now;

        if (!link.CommandOpen)
        {
            link.CommandOpen = true;
            link.CommandOpenedAt = context.Now;
            link.PendingCommands = 0;
            link.LocalIp = null;
            link.Generation++;
            context.Output.OpenLink(instance, link, LinkKind.Command);
            Ping(instance);
        }
        if (instance.Kind != InstanceKind.Sentinel && !link.PubSubOpen)
        {
            link.PubSubOpen = true;
            link.PubSubOpenedAt = context.Now;
            context.Output.OpenLink(instance, link, LinkKind.PubSub);
        }
        link.Disconnected = false;
    }

    public void SendPeriodic(Instance instance)
    {
        InstanceLink link = instance.Link;
        if (link.Disconnected || link.PendingCommands >= Pending * link.Sharers) return;

        if (instance is DataInstance server && InfoIsDue(server))
        {
            link.InfoPendingGeneration = link.Generation;
            Send(instance, RequestKind.Info, "INFO");
        }

        // Twice in a down-after period: were the last answer as old as that, a link that breaks would make its server down before it
        // could be opened again.
        int pingPeriod = Math.Min(Constants.PingPeriod, instance.DownAfterMs / 2);
        if (context.Since(link.LastPong) > pingPeriod && context.Since(link.LastPingSent) > pingPeriod / 2) Ping(instance);

        if (context.Since(instance.LastPublish) > Constants.PublishPeriod) SayHello(instance);
    }

    /// <summary>
    /// Makes an instance follow another, or nobody (null): the role changes, is kept in its configuration, and its clients are cut off so
    /// that they ask anew who the master is. What came of it, INFO will tell.
    /// </summary>
    public bool SendReplicaOf(Instance instance, ServerAddress? master)
    {
        if (instance.Link.Disconnected) return false;

        Send(instance, RequestKind.Discard, "MULTI");
        Send(instance, RequestKind.Discard, "SLAVEOF", master?.Text ?? "NO", master == null ? "ONE" : $"{master.Port}");
        Send(instance, RequestKind.Discard, "CONFIG", "REWRITE");
        Send(instance, RequestKind.Discard, "CLIENT", "KILL", "TYPE", "normal");
        Send(instance, RequestKind.Discard, "CLIENT", "KILL", "TYPE", "pubsub");
        Send(instance, RequestKind.Discard, "EXEC");
        return true;
    }

    /// <summary>The reply to a request came.</summary>
    /// <returns>False if it belongs to a link or an instance that is no more.</returns>
    public bool Answered(SentinelRequest request)
    {
        if (request.Generation != request.Link.Generation || !request.Link.CommandOpen) return false;

        request.Link.PendingCommands--;
        if (request.Kind == RequestKind.Info) request.Link.InfoPendingGeneration = 0;
        return !request.Instance.Released;
    }

    public void OnPing(Instance instance, SentinelReply reply)
    {
        InstanceLink link = instance.Link;
        link.LastPong = context.Now;
        if (reply.Kind is not (ReplyKind.Status or ReplyKind.Error)) return;

        if (Says(reply, "PONG") || Says(reply, "LOADING") || Says(reply, "MASTERDOWN"))
        {
            link.LastAvailable = context.Now;
            link.UnansweredPing = 0;
            // A master that came back with another run id has loaded its data.
            if (Says(reply, "PONG")) instance.Flags &= ~InstanceFlags.MasterReboot;
        }
        else if (Says(reply, "BUSY") && instance.IsSubjectivelyDown && !instance.Has(InstanceFlags.ScriptKillSent))
        {
            instance.Flags |= InstanceFlags.ScriptKillSent;
            Send(instance, RequestKind.Discard, "SCRIPT", "KILL");
        }
    }

    public static void Lost(InstanceLink link, LinkKind kind)
    {
        link.Disconnected = true;
        if (kind == LinkKind.PubSub)
        {
            link.PubSubOpen = false;
            return;
        }
        link.CommandOpen = false;
        link.LocalIp = null;
        link.PendingCommands = 0;
    }

    public static void Close(InstanceLink link, LinkKind kind, ISentinelOutput output)
    {
        if (kind == LinkKind.Command ? !link.CommandOpen : !link.PubSubOpen) return;

        Lost(link, kind);
        output.CloseLink(link, kind);
    }

    public void Send(Instance instance, RequestKind kind, params string[] arguments)
    {
        arguments[0] = SentinelContext.CommandName(instance, arguments[0]);
        instance.Link.PendingCommands++;
        context.Output.Send(new SentinelRequest(instance, instance.Link, kind, arguments));
    }

    private static bool Says(SentinelReply reply, string word) => reply.Text.StartsWith(word, StringComparison.Ordinal);

    // Not while one is unanswered: a server that hangs would find a hundred of them when it wakes.
    private bool InfoIsDue(DataInstance server)
    {
        InstanceLink link = server.Link;
        if (link.InfoPendingGeneration == link.Generation) return false;
        return server.InfoRefresh == 0 || context.Since(server.InfoRefresh) > InfoPeriod(server);
    }

    private int InfoPeriod(DataInstance server)
    {
        if (server is not MonitoredReplica replica) return Constants.InfoPeriod;

        MonitoredMaster master = replica.Master;
        // It has just been told to change its role, and what comes next waits for its word that it did.
        const InstanceFlags told = InstanceFlags.ReconfSent | InstanceFlags.ReconfInProgress;
        if (replica.Has(told) || replica.Has(InstanceFlags.Promoted) && master.FailoverState == FailoverState.WaitPromotion)
        {
            return SentinelConstants.ChangingInfoPeriod;
        }
        bool urgent = master.Has(InstanceFlags.ObjectivelyDown | InstanceFlags.FailoverInProgress) || replica.MasterLinkDownMs != 0;
        return urgent ? SentinelConstants.UrgentInfoPeriod : Constants.InfoPeriod;
    }

    private void Ping(Instance instance)
    {
        InstanceLink link = instance.Link;
        link.LastPingSent = context.Now;
        // The oldest ping counts: an instance is as late as its latest debt.
        if (link.UnansweredPing == 0) link.UnansweredPing = context.Now;
        Send(instance, RequestKind.Ping, "PING");
    }

    private void SayHello(Instance instance)
    {
        InstanceLink link = instance.Link;
        if (instance.PublishPendingGeneration == link.Generation) return;
        if ((context.State.AnnounceIp ?? link.LocalIp) is not { } ip) return;

        instance.PublishPendingGeneration = link.Generation;
        Send(instance, RequestKind.Publish, "PUBLISH", HelloChannel, HelloMessage.Of(context.State, instance.Master, ip).ToString());
    }
}
