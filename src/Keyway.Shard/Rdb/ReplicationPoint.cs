namespace Keyway.Shard.Rdb;

/// <summary>Where in a history of writes a file belongs: all up to the offset is in it.</summary>
/// <param name="Database">The one that the stream had selected.</param>
/// <param name="Id">Of the history: 40 hexadecimal digits.</param>
/// <param name="Offset">In bytes of the stream.</param>
internal readonly record struct ReplicationPoint(int Database, string Id, long Offset);
