using System.Diagnostics;

namespace Keyway.Sentinel.Core;

/// <summary>What an INFO changes in what we know, and what we do about it.</summary>
internal sealed class InfoActions(SentinelContext context, InstanceRegistry registry, Links links)
{
    // A promoted replica may be known as such to a sentinel whose hello has not arrived yet: so long nobody undoes it.
    private const int PublishPeriodsBeforeConversion = 4;
    private const int InfoPeriodsSane = 2;

    private SentinelConstants Constants => context.Constants;

    public void OnInfo(DataInstance server, SentinelReply reply)
    {
        if (reply.Kind != ReplyKind.Bulk) return;

        InfoReport report = InfoReport.Read(reply.Text);
        server.Info = reply.Text;
        NoteRunId(server, report);
        if (server is MonitoredMaster master) NoteReplicas(master, report);
        NoteReplication(server, report);
        server.InfoRefresh = context.Now;
        NoteRole(server, report);

        if (context.State.Tilt || server is not MonitoredReplica replica) return;
        if (report.Role == InstanceKind.Master) OnReplicaIsMaster(replica);
        if (report.Role != InstanceKind.Replica) return;
        Redirect(replica);
        NoteReconfiguration(replica);
    }

    private void NoteRunId(DataInstance server, InfoReport report)
    {
        if (report.RunId == null || report.RunId == server.RunId) return;

        if (server.RunId != null)
        {
            context.Publish(EventLevel.Notice, "+reboot", server);
            if (server is MonitoredMaster { RebootDownAfterMs: > 0 } master)
            {
                master.Flags |= InstanceFlags.MasterReboot;
                master.RebootSince = context.Now;
            }
        }
        server.RunId = report.RunId;
    }

    private void NoteReplicas(MonitoredMaster master, InfoReport report)
    {
        bool added = false;
        foreach ((string host, int port) in report.Replicas)
        {
            if (registry.AddReplica(master, host, port) is not { } replica) continue;
            added = true;
            context.Publish(EventLevel.Notice, "+slave", replica);
        }
        if (added) context.Persist();
    }

    private void NoteReplication(DataInstance server, InfoReport report)
    {
        server.MasterLinkDownMs = report.MasterLinkDownMs;
        if (report.Role != InstanceKind.Replica) return;

        if (report.MasterHost != null && !report.MasterHost.Equals(server.MasterHost, StringComparison.OrdinalIgnoreCase))
        {
            server.MasterHost = report.MasterHost;
            server.MasterChangedAt = context.Now;
        }
        if (report.MasterPort is { } port && port != server.MasterPort)
        {
            server.MasterPort = port;
            server.MasterChangedAt = context.Now;
        }
        server.MasterLinkUp = report.MasterLinkUp ?? server.MasterLinkUp;
        server.Priority = report.Priority ?? server.Priority;
        server.ReplicationOffset = report.ReplicationOffset ?? server.ReplicationOffset;
        server.Announced = report.Announced ?? server.Announced;
    }

    private void NoteRole(DataInstance server, InfoReport report)
    {
        if (report.Role is not { } role || role == server.RoleReported) return;

        server.RoleReported = role;
        server.RoleReportedSince = context.Now;
        if (role == InstanceKind.Replica) server.MasterChangedAt = context.Now;
        context.Publish(EventLevel.Verbose, role == server.Kind ? "+role-change" : "-role-change", server,
            $" new reported role is {(role == InstanceKind.Master ? "master" : "slave")}");
    }

    private void OnReplicaIsMaster(MonitoredReplica replica)
    {
        MonitoredMaster master = replica.Master;
        if (replica.Has(InstanceFlags.Promoted) && master.InFailover && master.FailoverState == FailoverState.WaitPromotion)
        {
            Promoted(replica, master);
            return;
        }

        // A master that came back, or one that was promoted by a failover that did not end.
        int waitMs = Constants.PublishPeriod * PublishPeriodsBeforeConversion;
        if (replica.Has(InstanceFlags.Promoted) || !IsSane(master) || !HasBeenUpFor(replica, waitMs)) return;
        if (context.Since(replica.RoleReportedSince) > waitMs && links.SendReplicaOf(replica, master.Address))
        {
            context.Publish(EventLevel.Notice, "+convert-to-slave", replica);
        }
    }

    // From here on there is no way back: the new configuration has its epoch, and the others are told at once.
    private void Promoted(MonitoredReplica replica, MonitoredMaster master)
    {
        Debug.Assert(master.FailoverEpoch > master.ConfigEpoch, "a failover that was overtaken has been given up");
        master.ConfigEpoch = master.FailoverEpoch;
        master.FailoverState = FailoverState.ReconfReplicas;
        master.FailoverStateSince = context.Now;
        context.Persist();
        context.Publish(EventLevel.Warning, "+promoted-slave", replica);
        if ((context.State.SimulatedFailures & SimulatedFailures.CrashAfterPromotion) != 0) context.Output.Crash();
        context.Publish(EventLevel.Warning, "+failover-state-reconf-slaves", master);
        registry.RunReconfigScript(master, "leader", master.Address, replica.Address);
        SayHelloSoon(master);
    }

    private void SayHelloSoon(MonitoredMaster master)
    {
        long due = context.Now - (Constants.PublishPeriod + 1);
        master.LastPublish = Math.Min(master.LastPublish, due);
        foreach (MonitoredReplica replica in master.Replicas.Values) replica.LastPublish = Math.Min(replica.LastPublish, due);
        foreach (PeerSentinel sentinel in master.Sentinels.Values) sentinel.LastPublish = Math.Min(sentinel.LastPublish, due);
    }

    private void Redirect(MonitoredReplica replica)
    {
        MonitoredMaster master = replica.Master;
        if (Follows(replica, master.Address) || !IsSane(master)) return;

        int waitMs = master.FailoverTimeoutMs;
        if (!HasBeenUpFor(replica, waitMs) || context.Since(replica.MasterChangedAt) <= waitMs) return;
        if (links.SendReplicaOf(replica, master.Address)) context.Publish(EventLevel.Notice, "+fix-slave-config", replica);
    }

    private void NoteReconfiguration(MonitoredReplica replica)
    {
        if (replica.Has(InstanceFlags.ReconfSent) && replica.Master.Promoted is { } promoted && Follows(replica, promoted.Address))
        {
            replica.Flags = replica.Flags & ~InstanceFlags.ReconfSent | InstanceFlags.ReconfInProgress;
            context.Publish(EventLevel.Notice, "+slave-reconf-inprog", replica);
        }
        if (replica.Has(InstanceFlags.ReconfInProgress) && replica.MasterLinkUp)
        {
            replica.Flags = replica.Flags & ~InstanceFlags.ReconfInProgress | InstanceFlags.ReconfDone;
            context.Publish(EventLevel.Notice, "+slave-reconf-done", replica);
        }
    }

    private bool Follows(MonitoredReplica replica, ServerAddress master) =>
        replica.MasterHost != null && context.Hosts.Resolve(replica.MasterHost, replica.MasterPort) is { } followed && followed.Equals(master);

    private bool IsSane(MonitoredMaster master) =>
        master.RoleReported == InstanceKind.Master
        && !master.Has(InstanceFlags.SubjectivelyDown | InstanceFlags.ObjectivelyDown)
        && context.Since(master.InfoRefresh) < (long)Constants.InfoPeriod * InfoPeriodsSane;

    private bool HasBeenUpFor(Instance instance, int ms)
    {
        long down = Math.Max(instance.SubjectivelyDownSince, instance.ObjectivelyDownSince);
        return down == 0 || context.Since(down) > ms;
    }
}
