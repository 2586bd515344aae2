using Keyway.Platform;

namespace Keyway.Hosting;

/// <summary>An event loop and the thread that it turns on; named, so that a profiler or `top -H` says what a core does.</summary>
internal sealed class LoopThread : IDisposable
{
    private readonly Thread _thread;

    public LoopThread(string name)
    {
        Loop = EventLoops.Create(TimeProvider.System);
        _thread = new Thread(Loop.Run) { IsBackground = true, Name = name };
    }

    public EventLoop Loop { get; }

    /// <summary>From here on what the loop owns belongs to its thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Runs on the loop's thread and waits for it.</summary>
    public void Invoke(Action action)
    {
        using var done = new ManualResetEventSlim();
        Loop.Post(() =>
        {
            try
            {
                action();
            }
            finally
            {
                done.Set();
            }
        });
        done.Wait();
    }

    public void Dispose()
    {
        Loop.Dispose();
        if (_thread.IsAlive) _thread.Join();
    }
}
