using System.Text;
using Keyway.Shard.Commands;
using Keyway.Shard.Rdb;
using Keyway.Shard.Replication;
using Keyway.Shard.Replication.Following;
using Keyway.Shard.Replication.Serving;

namespace Keyway.Shard;

/// <summary>Whom this server follows.</summary>
public sealed partial class ShardServer
{
    /// <summary>Hears, on the loop's thread, whenever the server has become a master (true) or a replica. For who names it in the log.</summary>
    public Action<bool>? OnRole { get; set; }

    internal Follower Following => field ??= new Follower(this);

    /// <summary>It follows another server, whether they are connected or not.</summary>
    internal bool IsReplica => Following.Master != null;

    /// <summary>What it follows flows.</summary>
    internal bool HasMasterLink => Following.IsUp;

    /// <summary>It follows nobody any more; who followed it comes back and goes on.</summary>
    internal void Promote() => Following.Promote();

    /// <summary>It follows that server from now on.</summary>
    internal void Follow(string host, int port) => Following.Follow(new MasterAddress(host, port));

    /// <summary>The master asks how far this server is.</summary>
    internal void AcknowledgeToMaster() => Following.SendAck();

    /// <summary>More of the history is safe: a master that has asked how far this server is hears of it.</summary>
    internal void OnHistorySafe() => Following.SendOwedAck();

    /// <summary>ROLE of a replica.</summary>
    internal void WriteReplicaRole(ref CommandContext context) => FollowerReport.WriteRole(ref context, Following);

    /// <summary>What INFO says of the link to the master.</summary>
    internal void WriteLinkInfo(StringBuilder text) => FollowerReport.WriteInfo(text, this, Following);

    /// <summary>It has become a master or a replica.</summary>
    internal void OnRoleChanged()
    {
        Databases.IsReplica = IsReplica;
        Databases.IsReplaying = Databases.ReplicaDeletesDead = false;
        HeedEffects();
        OnRole?.Invoke(!IsReplica);
    }

    /// <summary>The journal that was loaded at the start says of which history its data are, and how far.</summary>
    internal void TakeUpPosition(ReplicationPoint position)
    {
        if (IsReplica) Following.Resume(position.Id, position.Offset, position.Database);
        else MasterRestart.GoOnFrom(this, position);
    }

    /// <summary>A file that was loaded at the start says of which history its data are, and how far: a replica asks its master for what follows.</summary>
    private void TakeUpPosition(RdbAux file)
    {
        // Old servers wrote files without a database, or with none: what follows would be repeated in the wrong one.
        if (!IsReplica || file is not { ReplicationId: { } id, ReplicationOffset: >= 0 and { } offset, ReplicationDatabase: { } database }) return;
        if (ReplicationIdentity.IsId(Encoding.ASCII.GetBytes(id))) Following.Resume(id, offset, database);
    }

    /// <summary>A client in whose name a master's stream is repeated.</summary>
    internal ClientSession AdoptMaster(int database)
    {
        var master = new ClientSession(this, ++_nextClientId, isAuthenticated: true)
        {
            IsMaster = true,
            IsStream = true,
            Database = Databases[database < Databases.Count ? database : 0],
        };
        Add(master);
        return master;
    }
}
