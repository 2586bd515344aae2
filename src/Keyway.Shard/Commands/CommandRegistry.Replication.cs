using Keyway.Shard.Commands.Replication;

namespace Keyway.Shard.Commands;

internal sealed unsafe partial class CommandRegistry
{
    partial void AddReplication()
    {
        Add("psync", &SyncCommands.PSync);
        Add("sync", &SyncCommands.Sync);
        Add("replconf", &ReplconfCommand.Replconf);
        Add("wait", &WaitCommand.Wait);
        Add("role", &RoleCommand.Role);
        Add("failover", &FailoverCommand.Failover);
        Add("replicaof", &ReplicaOfCommand.ReplicaOf);
        Add("slaveof", &ReplicaOfCommand.ReplicaOf);
    }
}
