using Keyway.Platform.Disks;

namespace Keyway.Platform.Simulation;

/// <summary>Does its work in turns of the simulated loop, each piece after a delay of its own.</summary>
/// <param name="loop">Whose turns they are.</param>
/// <param name="delayMs">How long the next piece of work takes.</param>
public sealed class SimulatedDiskWorker(EventLoop loop, Func<long> delayMs) : DiskWorker
{
    private readonly Queue<(Action Work, Action<DiskException?> Done)> waiting = new();
    private LoopTimer? timer;

    public override void Run(Action work, Action<DiskException?> done)
    {
        Pending++;
        waiting.Enqueue((work, done));
        timer ??= loop.Schedule(delayMs(), DoNext);
    }

    public override void Drain()
    {
        timer?.Cancel();
        timer = null;
        while (waiting.Count > 0) Do();
    }

    protected override void Dispose(bool disposing)
    {
        timer?.Cancel();
        waiting.Clear();
    }

    private void DoNext()
    {
        timer = null;
        if (waiting.Count > 0) Do();
        if (waiting.Count > 0) timer ??= loop.Schedule(delayMs(), DoNext);
    }

    private void Do()
    {
        (Action work, Action<DiskException?> done) = waiting.Dequeue();
        DiskException? error = Try(work);
        Pending--;
        done(error);
    }
}
