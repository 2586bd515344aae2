using Keyway.Benchmarks.OpenLoop;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>A steady load on the shard that stays well, all the time that the other one is in trouble and between.</summary>
internal sealed class Neighbours : IDisposable
{
    private const int RequestsPerSecond = 2_000;   // enough for a p99 in a second, little enough to leave two cores idle

    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private LoadResult? _result;

    public Neighbours(Peer gateway)
    {
        var load = new Load
        {
            Port = gateway.Port, RequestsPerSecond = RequestsPerSecond, Connections = 20, Duration = TimeSpan.FromHours(1), KeyPrefix = "b:",
            Stop = _stop.Token, KeepSamples = true,
        };
        _thread = new Thread(() => _result = LoadGenerator.Run(load)) { IsBackground = true };
        _thread.Start();
    }

    public LoadResult Stop()
    {
        _stop.Cancel();
        _thread.Join();
        return _result ?? throw new InvalidOperationException("the load on the other shard broke off");
    }

    public void Dispose() => _stop.Dispose();
}
