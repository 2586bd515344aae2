namespace Keyway.Shard.Rdb;

/// <summary>What a file says beside its keys, and how it is written.</summary>
internal sealed record RdbFileOptions
{
    public long CreatedSeconds { get; init; }

    public long UsedMemory { get; init; }

    /// <summary>Null where nothing is known of it.</summary>
    public ReplicationPoint? Replication { get; init; }

    /// <summary>It is the first part of a journal.</summary>
    public bool IsAofBase { get; init; }

    public IReadOnlyList<byte[]> Functions { get; init; } = [];

    public bool Packs { get; init; } = true;

    public bool WithChecksum { get; init; } = true;

    /// <summary>Whether keys carry for how long nobody has used them: where that is what they are evicted by.</summary>
    public bool WritesIdle { get; init; }

    /// <summary>Likewise how often they are used.</summary>
    public bool WritesFrequency { get; init; }
}
