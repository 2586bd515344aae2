using System.Text;
using Keyway.Shard.Commands;
using Keyway.Shard.Commands.Server;

namespace Keyway.Shard.Replication.Following;

/// <summary>What a replica tells of its link to its master.</summary>
internal static class FollowerReport
{
    // ROLE: slave, the master's address, the link's state, the offset applied
    public static void WriteRole(ref CommandContext context, Follower follower)
    {
        context.ReplyArray(5);
        context.ReplyBulk("slave"u8);
        context.ReplyBulk(follower.Master!.Host);
        context.ReplyInteger(follower.Master.Port);
        context.ReplyBulk(follower.State switch
        {
            LinkState.Connect => "connect"u8,
            LinkState.Connecting => "connecting"u8,
            LinkState.Handshake => "handshake"u8,
            LinkState.Transfer => "sync"u8,
            LinkState.Connected => "connected"u8,
            _ => "none"u8,
        });
        context.ReplyInteger(follower.IsUp ? context.Server.History.Offset : -1);
    }

    /// <summary>The lines of INFO that only a replica has; they stand behind its role.</summary>
    public static void WriteInfo(StringBuilder text, ShardServer server, Follower follower)
    {
        MasterStream? stream = follower.Link?.Stream;
        long applied = stream != null || follower.HasPosition ? server.History.Offset : 1;
        text.Field("master_host", follower.Master!.Host)
            .Field("master_port", follower.Master.Port)
            .Field("master_link_status", follower.IsUp ? "up" : "down")
            .Field("master_last_io_seconds_ago", stream == null ? -1 : (server.Loop.NowMs - follower.Link!.LastHeardMs) / 1000)
            .Field("master_sync_in_progress", follower.State == LinkState.Transfer ? 1 : 0)
            .Field("slave_read_repl_offset", stream?.ReadOffset ?? applied)
            .Field("slave_repl_offset", applied);
        if (follower.State == LinkState.Transfer) WriteTransfer(text, server, follower.Link!);
        if (!follower.IsUp) text.Field("master_link_down_since_seconds", follower.DownSeconds);
        text.Field("slave_priority", server.Settings.ReplicaPriority)
            .Field("slave_read_only", server.Settings.ReplicaIsReadOnly ? 1 : 0)
            .Field("replica_announced", server.Settings.IsReplicaAnnounced ? 1 : 0);
    }

    private static void WriteTransfer(StringBuilder text, ShardServer server, MasterLink link)
    {
        long total = link.Transfer?.Header.Bytes ?? -1;
        long received = link.Transfer?.ReceivedBytes ?? 0;
        text.Field("master_sync_total_bytes", total)
            .Field("master_sync_read_bytes", received)
            .Field("master_sync_left_bytes", total - received)
            .Field("master_sync_perc", total == 0 ? 0.0 : received * 100.0 / total)
            .Field("master_sync_last_io_seconds_ago", (server.Loop.NowMs - link.LastHeardMs) / 1000);
    }
}
