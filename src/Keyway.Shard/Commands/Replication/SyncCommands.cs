using System.Text;
using Keyway.Protocol;
using Keyway.Shard.Replication.Serving;

namespace Keyway.Shard.Commands.Replication;

/// <summary>How a client becomes a replica.</summary>
internal static class SyncCommands
{
    // PSYNC replicationid offset [FAILOVER]
    public static void PSync(ref CommandContext context)
    {
        if (!MayBecomeReplica(ref context, out Replica replica)) return;
        if (!RespNumber.TryParseLong(context.Arguments[2], out long nextByte))
        {
            context.ReplyNotAnInteger();
            ServingLog.WrongOffset(context.Server.Logger, replica.Name);
            return;
        }

        string asked = Encoding.Latin1.GetString(context.Arguments[1]);
        if (context.Server.Syncs.TryContinue(replica, asked, nextByte, context.Reply))
        {
            context.Server.Statistics.PartialSyncs++;
            return;
        }

        if (!asked.StartsWith('?')) context.Server.Statistics.RefusedPartialSyncs++;
        context.Server.Syncs.BeginFull(replica);
    }

    // SYNC
    public static void Sync(ref CommandContext context)
    {
        if (!MayBecomeReplica(ref context, out Replica replica)) return;
        replica.IsOldProtocol = true;
        context.Server.Syncs.BeginFull(replica);
    }

    /// <summary>Else that has been answered, or there is nothing to answer.</summary>
    private static bool MayBecomeReplica(ref CommandContext context, out Replica replica)
    {
        ShardServer server = context.Server;
        replica = context.Client.OpenReplica();
        if (context.Client.IsReplica || context.Client.IsMonitor) return false;
        if (context.Arguments.Count > 3 && Word.Is(context.Arguments[3], "FAILOVER"u8) && !TryTakeOver(ref context)) return false;

        if (server.Failover.IsRunning)
        {
            context.ReplyError("NOMASTERLINK Can't SYNC while failing over"u8);
            return false;
        }

        if (server.IsReplica && !server.HasMasterLink)
        {
            context.ReplyError("NOMASTERLINK Can't SYNC while not connected with my master"u8);
            return false;
        }

        // What is on its way to a client belongs to what it has asked before; a replica's first byte must be the answer to this.
        if (!context.Reply.IsEmpty || !context.Client.Reply.IsEmpty)
        {
            context.ReplyError("ERR SYNC and PSYNC are invalid with pending output"u8);
            return false;
        }

        if (replica.Filter != SnapshotFilter.None && (replica.Capabilities & ReplicaCapabilities.EndMark) == 0)
        {
            context.ReplyError("ERR Filtered replica requires EOF capability"u8);
            return false;
        }

        ServingLog.Asks(server.Logger, replica.Name);
        return true;
    }

    /// <summary>Our master hands its role to us: it knows that we have all that it has.</summary>
    private static bool TryTakeOver(ref CommandContext context)
    {
        ShardServer server = context.Server;
        string asked = Encoding.Latin1.GetString(context.Arguments[1]);
        ServingLog.FailoverReceived(server.Logger, LogText.Of(context.Arguments[1]));
        if (!server.IsReplica)
        {
            context.ReplyError("ERR PSYNC FAILOVER can't be sent to a master."u8);
            return false;
        }

        if (!asked.Equals(server.History.Id, StringComparison.OrdinalIgnoreCase))
        {
            context.ReplyError("ERR PSYNC FAILOVER replid must match my replid."u8);
            return false;
        }

        server.Promote();
        ServingLog.PromotedByFailover(server.Logger, ClientDescription.Of(context.Client));
        return true;
    }
}
