namespace Keyway.Shard.Keyspace.Streams;

internal enum TrimBy
{
    Nothing,
    MaxLength,
    MinId,
}
