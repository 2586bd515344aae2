namespace Keyway.Shard.Replication.Following;

/// <summary>What a replica has to say for itself when it meets its master.</summary>
/// <param name="User">Empty: the password goes without a name.</param>
/// <param name="Password">Empty: none is given.</param>
/// <param name="Port">Where others find this replica.</param>
/// <param name="Address">The same: empty leaves it to the master to see where it comes from.</param>
/// <param name="HistoryId">The history that it has a part of; null when it has nothing to go on from.</param>
/// <param name="NextByte">The first byte of it that it lacks.</param>
internal sealed record HandshakePlan(byte[] User, byte[] Password, int Port, byte[] Address, string? HistoryId, long NextByte)
{
    /// <summary>A master hands its role over: the peer is to take it, and this server follows.</summary>
    public bool IsFailover { get; init; }
}
