namespace Keyway.Gateway.Transactions;

/// <summary>What becomes of a command that is queued.</summary>
internal enum QueueAs : byte
{
    /// <summary>It needs several shards, or a connection that is not shared: a transaction cannot hold it.</summary>
    Refused,

    /// <summary>The transaction's shard runs it.</summary>
    ForShard,

    /// <summary>The gateway answers it.</summary>
    Own,
}
