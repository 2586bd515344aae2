namespace Keyway.Platform;

/// <summary>A task that a loop's timer completes.</summary>
internal sealed class LoopDelay(EventLoop loop, long delayMs, CancellationToken cancel)
{
    private readonly TaskCompletionSource completion = new();
    private CancellationTokenRegistration registration;
    private LoopTimer? timer;

    public Task Task => completion.Task;

    public void Begin()
    {
        timer = loop.Schedule(delayMs, Elapse);
        // The token may be cancelled on any thread; the flow goes on on the loop's.
        if (cancel.CanBeCanceled) registration = cancel.UnsafeRegister(static self => ((LoopDelay)self!).CancelLater(), this);
    }

    private void Elapse()
    {
        registration.Dispose();
        completion.TrySetResult();
    }

    private void CancelLater() => loop.Post(Cancel);

    private void Cancel()
    {
        timer!.Cancel();
        completion.TrySetCanceled(cancel);
    }
}
