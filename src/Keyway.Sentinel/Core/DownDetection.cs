namespace Keyway.Sentinel.Core;

/// <summary>Who is down: to us alone (subjectively), and for masters by the agreement of a quorum (objectively).</summary>
internal sealed class DownDetection(SentinelContext context)
{
    // A pub/sub link carries at least our own hellos.
    private const int SilentPublishPeriods = 3;

    private SentinelConstants Constants => context.Constants;

    /// <param name="mayBeOurs">The silence may be our own: nobody goes down by it yet.</param>
    public void CheckSubjectively(Instance instance, bool mayBeOurs)
    {
        if (mayBeOurs) return;
        CloseSilentLinks(instance);

        if (IsSilent(instance) || IsMasterNoMore(instance) || TakesTooLongToLoad(instance))
        {
            if (instance.IsSubjectivelyDown) return;
            instance.SubjectivelyDownSince = context.Now;
            instance.Flags |= InstanceFlags.SubjectivelyDown;
            context.Publish(EventLevel.Warning, "+sdown", instance);
        }
        else if (instance.IsSubjectivelyDown)
        {
            instance.Flags &= ~(InstanceFlags.SubjectivelyDown | InstanceFlags.ScriptKillSent);
            context.Publish(EventLevel.Warning, "-sdown", instance);
        }
    }

    public void CheckObjectively(MonitoredMaster master)
    {
        int agreeing = 0;
        if (master.IsSubjectivelyDown) agreeing = 1 + master.Sentinels.Values.Count(sentinel => sentinel.Has(InstanceFlags.MasterDown));

        if (agreeing > 0 && agreeing >= master.Quorum)
        {
            if (master.IsObjectivelyDown) return;
            master.ObjectivelyDownSince = context.Now;
            master.Flags |= InstanceFlags.ObjectivelyDown;
            context.Publish(EventLevel.Warning, "+odown", master, $" #quorum {agreeing}/{master.Quorum}");
        }
        else if (master.IsObjectivelyDown)
        {
            master.Flags &= ~InstanceFlags.ObjectivelyDown;
            context.Publish(EventLevel.Warning, "-odown", master);
        }
    }

    // A connection may be dead while the server is well: a new one is tried before the down-after period is over.
    private void CloseSilentLinks(Instance instance)
    {
        InstanceLink link = instance.Link;
        int patience = instance.DownAfterMs / 2;
        if (link.CommandOpen && context.Since(link.CommandOpenedAt) > Constants.MinLinkReconnectPeriod
            && link.UnansweredPing != 0 && context.Since(link.UnansweredPing) > patience && context.Since(link.LastPong) > patience)
        {
            Links.Close(link, LinkKind.Command, context.Output);
        }

        if (link.PubSubOpen && context.Since(link.PubSubOpenedAt) > Constants.MinLinkReconnectPeriod
            && context.Since(link.PubSubActivity) > Constants.PublishPeriod * SilentPublishPeriods)
        {
            Links.Close(link, LinkKind.PubSub, context.Output);
        }
    }

    private bool IsSilent(Instance instance)
    {
        InstanceLink link = instance.Link;
        long silentMs = link.UnansweredPing != 0 ? context.Since(link.UnansweredPing)
            // The command link alone: a server whose pub/sub link broke answers as before.
            : !link.CommandOpen ? context.Since(link.LastAvailable)
            : 0;
        return silentMs > instance.DownAfterMs;
    }

    // A master that says it is a replica is as good as gone, once it has had the time to be told otherwise.
    private bool IsMasterNoMore(Instance instance) =>
        instance is MonitoredMaster { RoleReported: InstanceKind.Replica } master
        && context.Since(master.RoleReportedSince) > master.DownAfterMs + 2L * Constants.InfoPeriod;

    private bool TakesTooLongToLoad(Instance instance) =>
        instance is MonitoredMaster master && master.Has(InstanceFlags.MasterReboot)
        && context.Since(master.RebootSince) > master.RebootDownAfterMs;
}
