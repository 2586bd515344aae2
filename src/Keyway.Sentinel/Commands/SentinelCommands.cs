using System.Globalization;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Commands;

/// <summary>The subcommands of SENTINEL that do something, or ask for one thing.</summary>
internal static class SentinelCommands
{
    private static readonly string[] HelpLines =
    [
        "CKQUORUM <master-name>",
        "    Check if the current Sentinel configuration is able to reach the quorum",
        "    needed to failover a master and the majority needed to authorize the",
        "    failover.",
        "CONFIG SET <param> <value>",
        "    Set a global Sentinel configuration parameter.",
        "CONFIG GET <param>",
        "    Get global Sentinel configuration parameter.",
        "DEBUG [<param> <value> ...]",
        "    Show a list of configurable time parameters and their values (milliseconds).",
        "    Or update current configurable parameters values (one or more).",
        "GET-MASTER-ADDR-BY-NAME <master-name>",
        "    Return the ip and port number of the master with that name.",
        "FAILOVER <master-name>",
        "    Manually failover a master node without asking for agreement from other",
        "    Sentinels",
        "FLUSHCONFIG",
        "    Force Sentinel to rewrite its configuration on disk, including the current",
        "    Sentinel state.",
        "INFO-CACHE <master-name>",
        "    Return last cached INFO output from masters and all its replicas.",
        "IS-MASTER-DOWN-BY-ADDR <ip> <port> <current-epoch> <runid>",
        "    Check if the master specified by ip:port is down from current Sentinel's",
        "    point of view.",
        "MASTER <master-name>",
        "    Show the state and info of the specified master.",
        "MASTERS",
        "    Show a list of monitored masters and their state.",
        "MONITOR <name> <ip> <port> <quorum>",
        "    Start monitoring a new master with the specified name, ip, port and quorum.",
        "MYID",
        "    Return the ID of the Sentinel instance.",
        "PENDING-SCRIPTS",
        "    Get pending scripts information.",
        "REMOVE <master-name>",
        "    Remove master from Sentinel's monitor list.",
        "REPLICAS <master-name>",
        "    Show a list of replicas for this master and their state.",
        "RESET <pattern>",
        "    Reset masters for specific master name matching this pattern.",
        "SENTINELS <master-name>",
        "    Show a list of Sentinel instances for this master and their state.",
        "SET <master-name> <option> <value> [<option> <value> ...]",
        "    Set configuration parameters for certain masters.",
        "SIMULATE-FAILURE [CRASH-AFTER-ELECTION] [CRASH-AFTER-PROMOTION] [HELP]",
        "    Simulate a Sentinel crash.",
    ];

    // SENTINEL HELP
    public static void Help(in SentinelCall call) => call.ReplyHelp("SENTINEL", HelpLines);

    // SENTINEL MYID
    public static void MyId(in SentinelCall call) => call.Reply.WriteBulk(call.Server.MyId);

    // SENTINEL GET-MASTER-ADDR-BY-NAME name
    public static void GetMasterAddress(in SentinelCall call)
    {
        if (call.Server.FindMaster(call.Text(2)) is not { } master)
        {
            call.Reply.WriteNullArray(call.Resp3);
            return;
        }

        call.Reply.WriteArray(2);
        call.Reply.WriteBulk(master.CurrentAddress.Text);
        call.Reply.WriteBulk(master.CurrentAddress.Port.ToString(CultureInfo.InvariantCulture));
    }

    // SENTINEL IS-MASTER-DOWN-BY-ADDR ip port current-epoch runid
    public static void IsMasterDown(in SentinelCall call)
    {
        if (!call.TryReadInteger(3, out long port) || !call.TryReadInteger(4, out long epoch)) return;
        string ip = call.Text(2);
        int number = port is >= 0 and <= ushort.MaxValue ? (int)port : -1;

        // It may be named as we announce it.
        ServerAddress? address = number < 0 ? null : call.Server.Hosts.Resolve(ip, number);
        MasterDownAnswer answer = call.Server.Core.AnswerMasterDown(call.Server.Loop.NowMs, address?.Ip ?? ip, number, epoch, call.Text(5));
        call.Reply.WriteArray(3);
        call.Reply.WriteInteger(answer.Down ? 1 : 0);
        call.Reply.WriteBulk(answer.Leader);
        call.Reply.WriteInteger(answer.LeaderEpoch);
    }

    // SENTINEL CKQUORUM name
    public static void CheckQuorum(in SentinelCall call)
    {
        if (!call.TryFindMaster(2, out MonitoredMaster master)) return;

        QuorumCheck check = SentinelCore.CheckQuorum(master);
        if (check is { QuorumReachable: true, MajorityReachable: true })
        {
            call.Reply.WriteSimple(System.Text.Encoding.ASCII.GetBytes($"OK {check.UsableSentinels} usable Sentinels. Quorum and failover authorization can be reached"));
            return;
        }

        var lacking = new List<string>();
        if (!check.QuorumReachable) lacking.Add("Not enough available Sentinels to reach the specified quorum for this master");
        if (!check.MajorityReachable) lacking.Add("Not enough available Sentinels to reach the majority and authorize a failover");
        call.ReplyError($"NOQUORUM {check.UsableSentinels} usable Sentinels. {string.Join(". ", lacking)}");
    }

    // SENTINEL FAILOVER name
    public static void Failover(in SentinelCall call)
    {
        if (!call.TryFindMaster(2, out MonitoredMaster master)) return;
        switch (call.Server.Core.Failover(call.Server.Loop.NowMs, master))
        {
            case FailoverRefusal.None:
                call.Reply.WriteOk();
                break;
            case FailoverRefusal.InProgress:
                call.ReplyError("INPROG Failover already in progress");
                break;
            case FailoverRefusal.NoGoodReplica:
                call.ReplyError("NOGOODSLAVE No suitable replica to promote");
                break;
            default:
                call.ReplyError("ERR Failed to save config changes. Check server logs.");
                break;
        }
    }

    // SENTINEL FLUSHCONFIG
    public static void FlushConfig(in SentinelCall call)
    {
        call.Server.Save();
        call.ReplySaved();
    }

    // SENTINEL MONITOR name ip port quorum
    public static void Monitor(in SentinelCall call)
    {
        if (!RespNumber.TryParseLong(call.Arguments[5], out long quorum))
        {
            call.ReplyError("ERR Invalid quorum");
            return;
        }

        if (!RespNumber.TryParseLong(call.Arguments[4], out long port))
        {
            call.ReplyError("ERR Invalid port");
            return;
        }

        if (quorum is <= 0 or > int.MaxValue)
        {
            call.ReplyError("ERR Quorum must be 1 or greater.");
            return;
        }

        call.Server.Monitor(call.Client, call.Text(2), call.Text(3), port, (int)quorum);
    }

    // SENTINEL REMOVE name
    public static void Remove(in SentinelCall call)
    {
        if (!call.TryFindMaster(2, out MonitoredMaster master)) return;
        call.Server.Core.Remove(call.Server.Loop.NowMs, master);
        call.ReplySaved();
    }

    // SENTINEL RESET pattern
    public static void Reset(in SentinelCall call)
    {
        int count = 0;
        foreach (MonitoredMaster master in call.Server.Masters)
        {
            if (!GlobPattern.Matches(call.Arguments[2], System.Text.Encoding.UTF8.GetBytes(master.Name))) continue;
            call.Server.Core.Reset(call.Server.Loop.NowMs, master);
            count++;
        }

        call.Reply.WriteInteger(count);
    }
}
