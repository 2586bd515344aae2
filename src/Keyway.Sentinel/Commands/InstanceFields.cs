using System.Globalization;
using System.Text;
using Keyway.Protocol;
using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Commands;

/// <summary>All that is known of an instance, as SENTINEL MASTER and its kin list it: names and values in Redis's order.</summary>
internal static class InstanceFields
{
    private static readonly (InstanceFlags Flag, string Name)[] FlagsBeforeKind =
        [(InstanceFlags.SubjectivelyDown, "s_down"), (InstanceFlags.ObjectivelyDown, "o_down")];

    private static readonly (InstanceFlags Flag, string Name)[] FlagsAfterKind =
    [
        (InstanceFlags.MasterDown, "master_down"), (InstanceFlags.FailoverInProgress, "failover_in_progress"), (InstanceFlags.Promoted, "promoted"),
        (InstanceFlags.ReconfSent, "reconf_sent"), (InstanceFlags.ReconfInProgress, "reconf_inprog"), (InstanceFlags.ReconfDone, "reconf_done"),
        (InstanceFlags.ForceFailover, "force_failover"), (InstanceFlags.ScriptKillSent, "script_kill_sent"), (InstanceFlags.MasterReboot, "master_reboot"),
    ];

    public static void Write(ReplyBuffer reply, Instance instance, long now, bool resp3)
    {
        List<(string Name, string Value)> fields = Of(instance, now);
        reply.WriteMap(fields.Count, resp3);
        foreach ((string name, string value) in fields)
        {
            reply.WriteBulk(name);
            reply.WriteBulk(value);
        }
    }

    public static string FlagsOf(Instance instance)
    {
        var names = new List<string>();
        foreach ((InstanceFlags flag, string name) in FlagsBeforeKind)
        {
            if (instance.Has(flag)) names.Add(name);
        }

        names.Add(WordOf(instance.Kind));
        if (instance.Link.Disconnected) names.Add("disconnected");
        foreach ((InstanceFlags flag, string name) in FlagsAfterKind)
        {
            if (instance.Has(flag)) names.Add(name);
        }

        return string.Join(',', names);
    }

    private static List<(string Name, string Value)> Of(Instance instance, long now)
    {
        InstanceLink link = instance.Link;
        var master = instance as MonitoredMaster;
        var fields = new List<(string Name, string Value)>
        {
            ("name", instance.Name),
            ("ip", instance.Address.Text),
            ("port", Text(instance.Address.Port)),
            ("runid", instance.RunId ?? ""),
            ("flags", FlagsOf(instance)),
            ("link-pending-commands", Text(link.PendingCommands)),
            ("link-refcount", Text(link.Sharers)),
        };
        if (master is { InFailover: true }) fields.Add(("failover-state", StateOf(master.FailoverState)));
        fields.Add(("last-ping-sent", Text(link.UnansweredPing == 0 ? 0 : now - link.UnansweredPing)));
        fields.Add(("last-ok-ping-reply", Text(now - link.LastAvailable)));
        fields.Add(("last-ping-reply", Text(now - link.LastPong)));
        if (instance.IsSubjectivelyDown) fields.Add(("s-down-time", Text(now - instance.SubjectivelyDownSince)));
        if (instance.IsObjectivelyDown) fields.Add(("o-down-time", Text(now - instance.ObjectivelyDownSince)));
        fields.Add(("down-after-milliseconds", Text(instance.DownAfterMs)));

        if (instance is DataInstance server)
        {
            fields.Add(("info-refresh", Text(server.InfoRefresh == 0 ? 0 : now - server.InfoRefresh)));
            fields.Add(("role-reported", WordOf(server.RoleReported)));
            fields.Add(("role-reported-time", Text(now - server.RoleReportedSince)));
        }

        if (master != null) AddMaster(fields, master);
        else if (instance is MonitoredReplica replica) AddReplica(fields, replica);
        else if (instance is PeerSentinel sentinel) AddSentinel(fields, sentinel, now);
        return fields;
    }

    private static void AddMaster(List<(string Name, string Value)> fields, MonitoredMaster master)
    {
        fields.Add(("config-epoch", Text(master.ConfigEpoch)));
        fields.Add(("num-slaves", Text(master.Replicas.Count)));
        fields.Add(("num-other-sentinels", Text(master.Sentinels.Count)));
        fields.Add(("quorum", Text(master.Quorum)));
        fields.Add(("failover-timeout", Text(master.FailoverTimeoutMs)));
        fields.Add(("parallel-syncs", Text(master.ParallelSyncs)));
        if (master.NotificationScript is { } notification) fields.Add(("notification-script", notification));
        if (master.ClientReconfigScript is { } reconfiguration) fields.Add(("client-reconfig-script", reconfiguration));
    }

    private static void AddReplica(List<(string Name, string Value)> fields, MonitoredReplica replica)
    {
        fields.Add(("master-link-down-time", Text(replica.MasterLinkDownMs)));
        fields.Add(("master-link-status", replica.MasterLinkUp ? "ok" : "err"));
        fields.Add(("master-host", replica.MasterHost ?? "?"));
        fields.Add(("master-port", Text(replica.MasterPort)));
        fields.Add(("slave-priority", Text(replica.Priority)));
        fields.Add(("slave-repl-offset", Text(replica.ReplicationOffset)));
        fields.Add(("replica-announced", replica.Announced ? "1" : "0"));
    }

    private static void AddSentinel(List<(string Name, string Value)> fields, PeerSentinel sentinel, long now)
    {
        fields.Add(("last-hello-message", Text(now - sentinel.LastHello)));
        fields.Add(("voted-leader", sentinel.Leader ?? "?"));
        fields.Add(("voted-leader-epoch", Text(sentinel.LeaderEpoch)));
    }

    private static string WordOf(InstanceKind kind) => kind switch
    {
        InstanceKind.Master => "master",
        InstanceKind.Replica => "slave",
        _ => "sentinel",
    };

    private static string StateOf(FailoverState state) => state switch
    {
        FailoverState.None => "none",
        FailoverState.WaitStart => "wait_start",
        FailoverState.SelectReplica => "select_slave",
        FailoverState.SendReplicaOfNoOne => "send_slaveof_noone",
        FailoverState.WaitPromotion => "wait_promotion",
        FailoverState.ReconfReplicas => "reconf_slaves",
        FailoverState.UpdateConfig => "update_config",
        _ => "unknown",
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
