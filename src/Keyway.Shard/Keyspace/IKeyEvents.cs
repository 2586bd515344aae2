namespace Keyway.Shard.Keyspace;

/// <summary>Hears of keys that are new, were missed, or have expired.</summary>
internal interface IKeyEvents
{
    void OnEvent(KeyspaceEvents kind, ReadOnlySpan<byte> what, ReadOnlySpan<byte> key, int database);
}
