namespace Keyway.Differential.Wire;

/// <summary>Somebody to whom a server tells of its writes.</summary>
internal abstract class EffectTap : IDisposable
{
    /// <summary>The commands that it has been told since the last time, as they came; without what a server says by itself.</summary>
    public abstract List<byte[]> Read();

    public abstract void Dispose();
}
