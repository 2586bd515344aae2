namespace Keyway.Platform;

/// <summary>A call that a loop owes its owner at a moment. Cheap to cancel; never made after <see cref="Cancel"/> has returned.</summary>
public abstract class LoopTimer
{
    public abstract bool IsPending { get; }

    public abstract void Cancel();
}
