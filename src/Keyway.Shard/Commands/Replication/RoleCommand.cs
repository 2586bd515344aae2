using Keyway.Shard.Replication.Serving;

namespace Keyway.Shard.Commands.Replication;

internal static class RoleCommand
{
    // ROLE
    public static void Role(ref CommandContext context)
    {
        if (context.Server.IsReplica)
        {
            context.Server.WriteReplicaRole(ref context);
            return;
        }

        ReplicaSet replicas = context.Server.Replicas;
        int online = replicas.All.Count(replica => replica.State == ReplicaState.Online);
        context.ReplyArray(3);
        context.ReplyBulk("master"u8);
        context.ReplyInteger(context.Server.History.Offset);
        context.ReplyArray(online);
        foreach (Replica replica in replicas.All)
        {
            if (replica.State != ReplicaState.Online) continue;
            context.ReplyArray(3);
            context.ReplyBulk(replica.Address);
            context.ReplyDigits(replica.ListeningPort);
            context.ReplyDigits(replica.AckedOffset);
        }
    }
}
