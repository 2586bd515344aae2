namespace Keyway.Shard.Effects;

/// <summary>Where the effects of writes go, in the order in which they happened. None is installed on a server that keeps no journal and has no replicas.</summary>
internal interface IEffectSink
{
    /// <summary>One command that repeats the effect in the database of this number, as a RESP array. The bytes are lent for the call.</summary>
    void OnEffect(int database, ReadOnlySpan<byte> command);

    /// <summary>The same for a message (PUBLISH), which replicas pass on to their listeners and a journal has no use for.</summary>
    void OnMessage(int database, ReadOnlySpan<byte> command) => OnEffect(database, command);
}
