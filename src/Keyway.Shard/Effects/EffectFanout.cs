namespace Keyway.Shard.Effects;

/// <summary>
/// Hands effects to the journal and to the replicas, in this order: what a replica has, this server must not forget. Where only one of them listens it
/// is installed itself, and nobody stands in between.
/// </summary>
internal sealed class EffectFanout(Propagation propagation) : IEffectSink
{
    /// <summary>Null while none is kept.</summary>
    public IEffectSink? Journal
    {
        get;
        set
        {
            field = value;
            Install();
        }
    }

    /// <summary>Null while there are none, and nobody who may come back needs what is written meanwhile.</summary>
    public IEffectSink? Replicas
    {
        get;
        set
        {
            field = value;
            Install();
        }
    }

    public void OnEffect(int database, ReadOnlySpan<byte> command)
    {
        Journal!.OnEffect(database, command);
        Replicas!.OnEffect(database, command);
    }

    public void OnMessage(int database, ReadOnlySpan<byte> command) => Replicas!.OnMessage(database, command);

    private void Install() => propagation.Install(Journal == null ? Replicas : Replicas == null ? Journal : this);
}
