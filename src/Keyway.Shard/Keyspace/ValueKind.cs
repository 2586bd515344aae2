namespace Keyway.Shard.Keyspace;

/// <summary>What a key holds, as TYPE names it. The numbers are those of Redis's object types, which DEBUG DIGEST hashes.</summary>
internal enum ValueKind : byte
{
    String = 0,
    List = 1,
    Set = 2,
    SortedSet = 3,
    Hash = 4,
    Stream = 6,
}
