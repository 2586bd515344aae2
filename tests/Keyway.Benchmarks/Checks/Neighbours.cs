using Keyway.Benchmarks.OpenLoop;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>A steady load on the shard that stays well, to see whether the other one's trouble reaches it.</summary>
internal sealed class Neighbours
{
    private const int RequestsPerSecond = 2_000;   // enough for a p99, little enough to leave the machine idle

    private readonly Thread _thread;
    private LoadResult? _result;

    private Neighbours(Peer gateway, TimeSpan duration)
    {
        _thread = new Thread(() => _result = LoadGenerator.Run(LoadOn(gateway, duration))) { IsBackground = true };
    }

    public static Neighbours Start(Peer gateway, TimeSpan duration)
    {
        var neighbours = new Neighbours(gateway, duration);
        neighbours._thread.Start();
        return neighbours;
    }

    public static LoadResult Run(Peer gateway, TimeSpan duration) => Start(gateway, duration).Join();

    public LoadResult Join()
    {
        _thread.Join();
        return _result ?? throw new InvalidOperationException("the load on the other shard broke off");
    }

    private static Load LoadOn(Peer gateway, TimeSpan duration) => new()
    {
        Port = gateway.Port, RequestsPerSecond = RequestsPerSecond, Connections = 20, Duration = duration, KeyPrefix = "b:",
    };
}
