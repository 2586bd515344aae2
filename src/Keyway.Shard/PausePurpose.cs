namespace Keyway.Shard;

/// <summary>Why writes, or all requests, are put off. Each ends by itself; what is put off waits for the last of them.</summary>
internal enum PausePurpose
{
    /// <summary>CLIENT PAUSE.</summary>
    Client,

    /// <summary>Replicas are to have all before the server ends.</summary>
    Shutdown,

    /// <summary>A replica is to have all before it becomes the master.</summary>
    Failover,
}
