namespace Keyway.Platform.Disks;

/// <summary>A thread of its own for each: a disk that hangs must not hold up the pool that others use.</summary>
public sealed class DiskThread : DiskWorker
{
    private readonly EventLoop loop;
    private readonly Lock gate = new();
    private readonly Queue<(Action Work, Action<DiskException?> Done)> waiting = new();
    private readonly Queue<(Action<DiskException?> Done, DiskException? Error)> finished = new();
    private readonly SemaphoreSlim available = new(0);
    private readonly SemaphoreSlim completed = new(0);
    private readonly Thread thread;
    private readonly bool stepsBack;
    private bool isDisposed;

    /// <param name="loop">Hears of what is done.</param>
    /// <param name="name">Of the thread.</param>
    /// <param name="stepsBack">Nobody waits for what it does: all other threads go first.</param>
    public DiskThread(EventLoop loop, string name, bool stepsBack = false)
    {
        this.loop = loop;
        this.stepsBack = stepsBack;
        thread = new Thread(Work) { Name = name, IsBackground = true };
        thread.Start();
    }

    public override void Run(Action work, Action<DiskException?> done)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        Pending++;
        lock (gate) waiting.Enqueue((work, done));
        available.Release();
    }

    public override void Drain()
    {
        while (Pending > 0)
        {
            completed.Wait();
            Report();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing || isDisposed) return;
        isDisposed = true;
        available.Release();
        thread.Join();
        available.Dispose();
        completed.Dispose();
    }

    private void Work()
    {
        if (stepsBack) BackgroundThread.StepBack();
        while (true)
        {
            available.Wait();
            (Action Work, Action<DiskException?> Done) next;
            lock (gate)
            {
                // What was given before the end is still done.
                if (!waiting.TryDequeue(out next)) return;
            }

            DiskException? error = Try(next.Work);
            lock (gate) finished.Enqueue((next.Done, error));
            completed.Release();
            loop.Post(Report);
        }
    }

    /// <summary>On the loop's thread: one finished piece, if <see cref="Drain"/> has not taken it already.</summary>
    private void Report()
    {
        (Action<DiskException?> Done, DiskException? Error) next;
        lock (gate)
        {
            if (!finished.TryDequeue(out next)) return;
        }

        Pending--;
        next.Done(next.Error);
    }
}
