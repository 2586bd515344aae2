namespace Keyway.Platform;

/// <summary>Brings the continuations of a control flow back to its loop's thread.</summary>
internal sealed class LoopContext(EventLoop loop) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => loop.Post(d, state);

    /// <summary>In place on the loop's thread. From elsewhere it would block one thread on another, so it is refused.</summary>
    public override void Send(SendOrPostCallback d, object? state)
    {
        if (!loop.IsCurrent) throw new NotSupportedException("A loop is not waited for; post to it.");
        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;
}
