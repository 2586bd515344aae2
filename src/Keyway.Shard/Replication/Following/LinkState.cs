namespace Keyway.Shard.Replication.Following;

/// <summary>How far a replica's link to its master has come; ROLE names these.</summary>
internal enum LinkState
{
    /// <summary>There is no master: this server is one.</summary>
    None,

    /// <summary>It is time to connect.</summary>
    Connect,

    Connecting,

    /// <summary>They speak, and no data flow yet.</summary>
    Handshake,

    /// <summary>The master's data come, or are being loaded.</summary>
    Transfer,

    /// <summary>The stream of writes flows.</summary>
    Connected,
}
