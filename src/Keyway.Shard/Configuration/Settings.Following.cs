using Keyway.Protocol.Configuration;

namespace Keyway.Shard.Configuration;

/// <summary>What holds for this server as somebody's replica.</summary>
internal sealed partial class Settings
{
    /// <summary>Empty: the password goes without a name.</summary>
    public byte[] MasterUser { get; private set; } = [];

    public byte[] MasterPassword { get; private set; } = [];

    /// <summary>Whether clients see data of unknown age while the master cannot be heard.</summary>
    public bool ServesStaleData { get; private set; }

    public bool ReplicaIsReadOnly { get; private set; }

    /// <summary>What the master has done is done here even while it cannot be written to the disk.</summary>
    public bool ReplicaIgnoresDiskErrors { get; private set; }

    /// <summary>A replica evicts nothing by itself.</summary>
    public bool ReplicaIgnoresMaxMemory { get; private set; }

    /// <summary>Where others find this replica.</summary>
    public int PortForMaster => Number("replica-announce-port") is > 0 and var announced ? (int)announced : TlsReplication && TlsPort > 0 ? TlsPort : Port;

    /// <summary>At which address; empty: where it connects from.</summary>
    public byte[] ReplicaAnnounceAddress { get; private set; } = [];

    /// <summary>disabled, on-empty-db or swapdb.</summary>
    public string DisklessLoad => _values["repl-diskless-load"];

    public long ReplicaPriority => Number("replica-priority");

    public bool IsReplicaAnnounced => IsYes("replica-announced");

    private void RefreshFollowing()
    {
        MasterUser = ByteText.ToBytes(_values["masteruser"]);
        MasterPassword = ByteText.ToBytes(_values["masterauth"]);
        ServesStaleData = IsYes("replica-serve-stale-data");
        ReplicaIsReadOnly = IsYes("replica-read-only");
        ReplicaIgnoresDiskErrors = IsYes("replica-ignore-disk-write-errors");
        ReplicaIgnoresMaxMemory = IsYes("replica-ignore-maxmemory");
        ReplicaAnnounceAddress = ByteText.ToBytes(_values["replica-announce-ip"]);
    }
}
