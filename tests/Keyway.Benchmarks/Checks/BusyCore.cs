namespace Keyway.Benchmarks.Checks;

/// <summary>
/// Keeps one core busy, as a server does that runs a long script. Where a machine has few cores its neighbours feel that, with or without a gateway:
/// quiet times with it are what the time of a script can fairly be held against.
/// </summary>
internal sealed class BusyCore : IDisposable
{
    private readonly ManualResetEventSlim _works = new(initialState: true);
    private readonly Thread _thread;
    private volatile bool _isOver;

    public BusyCore()
    {
        _thread = new Thread(Spin) { IsBackground = true, Name = "busy core" };
        _thread.Start();
    }

    /// <summary>Somebody else keeps it busy while this runs.</summary>
    public void HandOver(Action action)
    {
        _works.Reset();
        action();
        _works.Set();
    }

    public void Dispose()
    {
        _isOver = true;
        _works.Set();
        _thread.Join();
        _works.Dispose();
    }

    private void Spin()
    {
        while (!_isOver)
        {
            if (!_works.IsSet) _works.Wait();
        }
    }
}
