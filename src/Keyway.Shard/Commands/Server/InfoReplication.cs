using System.Globalization;
using System.Text;
using Keyway.Shard.Replication;
using Keyway.Shard.Replication.Serving;

namespace Keyway.Shard.Commands.Server;

/// <summary>INFO's section replication.</summary>
internal static class InfoReplication
{
    public static void Write(StringBuilder text, ShardServer server)
    {
        text.Append("# Replication\r\n").Field("role", server.IsReplica ? "slave" : "master");
        if (server.IsReplica) server.WriteLinkInfo(text);
        WriteReplicas(text, server);
        WriteHistory(text, server);
    }

    private static void WriteReplicas(StringBuilder text, ShardServer server)
    {
        ReplicaSet replicas = server.Replicas;
        text.Field("connected_slaves", replicas.Count);
        if (server.Settings.MinReplicas > 0 && server.Settings.MinReplicasMaxLag > 0) text.Field("min_slaves_good_slaves", replicas.GoodCount);
        for (int i = 0; i < replicas.Count; i++)
        {
            Replica replica = replicas.All[i];
            text.Append(CultureInfo.InvariantCulture, $"slave{i}:ip={replica.Address},port={replica.ListeningPort},state={replica.StateName},")
                .Append(CultureInfo.InvariantCulture, $"offset={replica.AckedOffset},lag={replicas.LagSeconds(replica)}\r\n");
        }
    }

    private static void WriteHistory(StringBuilder text, ShardServer server)
    {
        ReplicationHistory history = server.History;
        text.Field("master_failover_state", server.Failover.StateName)
            .Field("master_replid", history.Id)
            .Field("master_replid2", history.FormerId)
            .Field("master_repl_offset", history.Offset)
            .Field("second_repl_offset", history.FormerEnd)
            .Field("repl_backlog_active", history.Log == null ? 0 : 1)
            .Field("repl_backlog_size", server.Settings.ReplicationBacklogBytes)
            .Field("repl_backlog_first_byte_offset", history.Log?.First ?? 0)
            .Field("repl_backlog_histlen", history.Log?.Length ?? 0);
    }
}
