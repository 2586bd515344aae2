using System.Globalization;
using System.Text;
using Keyway.Protocol;
using Keyway.Sentinel.Core;
using Keyway.Sentinel.Scripts;

namespace Keyway.Sentinel.Commands;

/// <summary>The subcommands of SENTINEL that show what is known.</summary>
internal static class SentinelLists
{
    // SENTINEL MASTERS
    public static void Masters(in SentinelCall call) => Write(call, call.Server.Masters);

    // SENTINEL MASTER name
    public static void Master(in SentinelCall call)
    {
        if (call.TryFindMaster(2, out MonitoredMaster master)) InstanceFields.Write(call.Reply, master, call.Server.Core.Now, call.Resp3);
    }

    // SENTINEL REPLICAS name: those that do not want to be announced are kept to ourselves.
    public static void Replicas(in SentinelCall call)
    {
        if (call.TryFindMaster(2, out MonitoredMaster master)) Write(call, [.. master.Replicas.Values.Where(replica => replica.Announced)]);
    }

    // SENTINEL SENTINELS name
    public static void Sentinels(in SentinelCall call)
    {
        if (call.TryFindMaster(2, out MonitoredMaster master)) Write(call, [.. master.Sentinels.Values]);
    }

    // SENTINEL INFO-CACHE name [name ...]
    public static void InfoCache(in SentinelCall call)
    {
        var found = new List<MonitoredMaster>();
        for (int i = 2; i < call.Arguments.Count; i++)
        {
            if (call.Server.FindMaster(call.Text(i)) is { } master && !found.Contains(master)) found.Add(master);
        }

        call.Reply.WriteMap(found.Count, resp3: false);
        foreach (MonitoredMaster master in found)
        {
            call.Reply.WriteBulk(master.Name);
            call.Reply.WriteArray(master.Replicas.Count + 1);
            WriteInfo(call, master);
            foreach (MonitoredReplica replica in master.Replicas.Values) WriteInfo(call, replica);
        }
    }

    // SENTINEL PENDING-SCRIPTS
    public static void PendingScripts(in SentinelCall call)
    {
        call.Reply.WriteArray(call.Server.Scripts.Jobs.Count);
        foreach (ScriptJob job in call.Server.Scripts.Jobs)
        {
            call.Reply.WriteMap(5, call.Resp3);
            call.Reply.WriteBulk("argv"u8);
            call.Reply.WriteArray(job.Arguments.Count + 1);
            call.Reply.WriteBulk(job.Path);
            foreach (string argument in job.Arguments) call.Reply.WriteBulk(argument);
            call.Reply.WriteBulk("flags"u8);
            call.Reply.WriteBulk(job.Running != null ? "running"u8 : "scheduled"u8);
            call.Reply.WriteBulk("pid"u8);
            WriteNumber(call, job.Running?.ProcessId ?? 0);
            call.Reply.WriteBulk(job.Running != null ? "run-time"u8 : "run-delay"u8);
            WriteNumber(call, job.Running != null ? call.Server.Loop.NowMs - job.TimeMs : Math.Max(0, job.TimeMs - call.Server.Loop.NowMs));
            call.Reply.WriteBulk("retry-num"u8);
            WriteNumber(call, job.Attempts);
        }
    }

    private static void Write(in SentinelCall call, IReadOnlyCollection<Instance> instances)
    {
        call.Reply.WriteArray(instances.Count);
        foreach (Instance instance in instances) InstanceFields.Write(call.Reply, instance, call.Server.Core.Now, call.Resp3);
    }

    private static void WriteInfo(in SentinelCall call, DataInstance server)
    {
        call.Reply.WriteArray(2);
        call.Reply.WriteInteger(server.InfoRefresh == 0 ? 0 : call.Server.Core.Now - server.InfoRefresh);
        if (server.Info is { } info) call.Reply.WriteBulk(Encoding.UTF8.GetBytes(info));
        else call.Reply.WriteNull(call.Resp3);
    }

    private static void WriteNumber(in SentinelCall call, long number) => call.Reply.WriteBulk(number.ToString(CultureInfo.InvariantCulture));
}
