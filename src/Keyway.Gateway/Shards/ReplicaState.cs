namespace Keyway.Gateway.Shards;

/// <summary>A replica that may answer reads.</summary>
/// <param name="CaughtUpTicks">It has everything that its master had acknowledged by then; 0 when that is not known.</param>
internal sealed record ReplicaState(ServerAddress Server, long CaughtUpTicks);
