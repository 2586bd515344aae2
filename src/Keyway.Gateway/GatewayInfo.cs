using System.Collections.Concurrent;
using System.Globalization;

namespace Keyway.Gateway;

/// <summary>What belongs to the gateway as a whole and is asked for by clients: who it is, since when, and how many clients it has.</summary>
internal sealed class GatewayInfo(TimeProvider time, string runId, string version)
{
    private readonly long _startedAt = time.GetTimestamp();
    private readonly ConcurrentDictionary<string, StrongBox> _clients = new();
    private long _nextClientId;

    public string RunId { get; } = runId;

    public string Version { get; } = version;

    public TimeProvider Time { get; } = time;

    public TimeSpan Uptime => Time.GetElapsedTime(_startedAt);

    public long NextClientId() => Interlocked.Increment(ref _nextClientId);

    public long TotalClients => Interlocked.Read(ref _nextClientId);

    public long Clients(string pool) => Interlocked.Read(ref Box(pool).Value);

    /// <summary>Counts a client in, over all loops, unless the pool is full.</summary>
    public bool TryEnter(string pool, int limit)
    {
        StrongBox box = Box(pool);
        if (Interlocked.Increment(ref box.Value) <= limit) return true;
        Interlocked.Decrement(ref box.Value);
        return false;
    }

    public void ClientLeft(string pool) => Interlocked.Decrement(ref Box(pool).Value);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{RunId} up {Uptime}");

    private StrongBox Box(string pool) => _clients.GetOrAdd(pool, _ => new StrongBox());

    private sealed class StrongBox
    {
        public long Value;
    }
}
