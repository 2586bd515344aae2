namespace Keyway.Platform;

/// <summary>
/// Something that a loop should look at. Raised from any thread and looked at once in a coming turn of the loop: raising it again before
/// the loop has looked costs one interlocked instruction and wakes nobody.
/// </summary>
internal abstract class LoopSignal(EventLoop loop)
{
    internal LoopSignal? Next;

    private int isRaised;

    public void Raise()
    {
        if (Interlocked.Exchange(ref isRaised, 1) == 0) loop.Enqueue(this);
    }

    /// <summary>On the loop's thread. Lowered first: what is written after this look raises it again.</summary>
    internal void Look()
    {
        Next = null;
        Interlocked.Exchange(ref isRaised, 0);
        OnRaised();
    }

    protected abstract void OnRaised();
}
