namespace Keyway.Shard.Replication.Serving;

/// <summary>What a replica has said that it understands (REPLCONF capa).</summary>
[Flags]
internal enum ReplicaCapabilities : byte
{
    None = 0,

    /// <summary>A snapshot without a length before it, whose end is told by a mark.</summary>
    EndMark = 1,

    /// <summary>That the history's name may change while it goes on.</summary>
    NewName = 2,
}
