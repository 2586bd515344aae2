using Keyway.Testing.RealServers;

namespace Keyway.Sentinel.Tests.Real;

/// <summary>A master and its replica, watched by a sentinel of ours and a real one.</summary>
public sealed class WatchedPair : IDisposable
{
    private readonly RedisServer? _master;
    private readonly RedisServer? _replica;
    private readonly RealSentinel? _real;
    private readonly LiveSentinel? _own;

    public WatchedPair()
    {
        if (RedisServer.Unavailable is not null) return;
        _master = RedisServer.Start();
        _replica = RedisServer.Start("--replicaof", "127.0.0.1", $"{_master.Port}");
        string monitor = $"sentinel monitor m1 127.0.0.1 {_master.Port} 2";
        _real = new RealSentinel(monitor);
        _own = new LiveSentinel(monitor);
        RealId = IdOf(_real.Connect());
        OwnId = IdOf(_own.Connect());
        Poll.Until(() => IsKnown(_real.Connect()) && IsKnown(_own.Connect()), () => $"the sentinels do not find each other:\n{_own.Log}\n{_real.Log}");

        // A replica is asked less often once its link is up, and then both show the same of it for long.
        using RespClient real = _real.Connect();
        using RespClient own = _own.Connect();
        Poll.Until(() => IsSettled(real) && IsSettled(own), () => "the replica does not come up");
    }

    internal RealSentinel Real => _real!;

    internal LiveSentinel Own => _own!;

    internal string RealId { get; } = "";

    internal string OwnId { get; } = "";

    internal int MasterPort => _master!.Port;

    public void Dispose()
    {
        _own?.Dispose();
        _real?.Dispose();
        _replica?.Dispose();
        _master?.Dispose();
    }

    private static string IdOf(RespClient client)
    {
        using (client) return client.Call("SENTINEL", "myid").Text;
    }

    private static bool IsKnown(RespClient client)
    {
        using (client)
        {
            RespValue sentinels = client.Call("SENTINEL", "sentinels", "m1");
            return sentinels.Count == 1 && sentinels[0]["flags"].Text == "sentinel";
        }
    }

    private static bool IsSettled(RespClient client)
    {
        RespValue replicas = client.Call("SENTINEL", "replicas", "m1");
        return replicas.Count == 1 && replicas[0]["master-link-status"].Text == "ok";
    }
}
