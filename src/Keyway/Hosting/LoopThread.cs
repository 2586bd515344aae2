using Keyway.Platform;

namespace Keyway.Hosting;

/// <summary>An event loop and the thread that it turns on; named, so that a profiler or `top -H` says what a core does.</summary>
internal sealed class LoopThread : IDisposable
{
    private readonly Thread _thread;

    public LoopThread(string name)
    {
        Loop = ChosenLoop.Create();
        _thread = new Thread(Loop.Run) { IsBackground = true, Name = name };
    }

    public EventLoop Loop { get; }

    /// <summary>From here on what the loop owns belongs to its thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Runs on the loop's thread and waits for it; in place while the thread has not started. What it throws is thrown here.</summary>
    public void Invoke(Action action)
    {
        if (!_thread.IsAlive)
        {
            action();
            return;
        }
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Loop.Post(() =>
        {
            try
            {
                action();
                done.SetResult();
            }
            catch (Exception failure)
            {
                // Whoever asked hears of it.
                done.SetException(failure);
            }
        });
        done.Task.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        Loop.Dispose();
        if (_thread.IsAlive) _thread.Join();
    }
}
