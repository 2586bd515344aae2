namespace Keyway.Shard.Replication.Serving;

/// <summary>What a client that called WAIT waits for.</summary>
internal sealed record AckTarget(long Offset, long Replicas);
