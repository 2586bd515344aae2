namespace Keyway.Shard.Persistence;

/// <summary>How far the files of a server that does not run have come.</summary>
/// <param name="History">The replication id: files with the same one are parts of one history, and the further one has all that the other has.</param>
/// <param name="Offset">In bytes of it.</param>
public sealed record SavedPosition(string History, long Offset);
