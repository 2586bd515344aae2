namespace Keyway.Shard.Replication.Serving;

/// <summary>What somebody who asks for a snapshot does not want of it (REPLCONF rdb-filter-only).</summary>
[Flags]
internal enum SnapshotFilter : byte
{
    None = 0,
    WithoutData = 1,
    WithoutFunctions = 2,
}
