namespace Keyway.Shard.Replication.Serving;

/// <summary>How far a client has come on the way to being a replica.</summary>
internal enum ReplicaState
{
    /// <summary>It is none, whatever it has said of itself so far.</summary>
    None,

    /// <summary>It needs a snapshot, and none that would do has begun.</summary>
    WaitsForStart,

    /// <summary>The snapshot that it gets is being made; on a socket it gets the bytes as they come.</summary>
    WaitsForEnd,

    /// <summary>It is sent a snapshot's file.</summary>
    SendsFile,

    /// <summary>It has the data and follows the stream.</summary>
    Online,
}
