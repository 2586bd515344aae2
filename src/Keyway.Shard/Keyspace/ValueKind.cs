namespace Keyway.Shard.Keyspace;

/// <summary>What a key holds, as TYPE names it.</summary>
internal enum ValueKind : byte
{
    String = 0,
}
