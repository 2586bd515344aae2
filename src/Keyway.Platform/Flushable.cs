namespace Keyway.Platform;

/// <summary>Something with bytes to send at the end of the turn; many commands, one send.</summary>
public abstract class Flushable
{
    internal bool FlushQueued;

    internal Flushable? NextToFlush;

    public abstract void Flush();
}
