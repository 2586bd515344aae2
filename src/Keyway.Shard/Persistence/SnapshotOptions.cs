using Keyway.Shard.Rdb;

namespace Keyway.Shard.Persistence;

/// <summary>What a snapshot is to be like.</summary>
internal sealed record SnapshotOptions
{
    public SnapshotPurpose Purpose { get; init; }

    /// <summary>It becomes the first part of a journal: it says so, and nothing about replication.</summary>
    public bool IsAofBase => Purpose == SnapshotPurpose.Journal;

    /// <summary>As commands rather than as a file: for a journal that is to be nothing else.</summary>
    public bool AsCommands { get; init; }

    /// <summary>Where in the stream of writes the instant lies; null where nothing is known of it.</summary>
    public ReplicationPoint? Replication { get; init; }

    /// <summary>False leaves zeros in the checksum's place: where nothing can be damaged on the way.</summary>
    public bool WithChecksum { get; init; } = true;
}
