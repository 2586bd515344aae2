using System.Collections.Concurrent;
using Keyway.Gateway.Learned;
using Keyway.Gateway.Scripts;

namespace Keyway.Gateway;

/// <summary>What belongs to the gateway as a whole and is asked for by clients: who it is, since when, and how many clients it has.</summary>
internal sealed class GatewayInfo(TimeProvider time, string runId, string version)
{
    /// <summary>What clients are told that this is compatible with.</summary>
    public const string RedisVersion = "7.0.15";

    private readonly long _startedAt = time.GetTimestamp();
    private readonly ConcurrentDictionary<string, StrongBox> _clients = new();
    private volatile LearnedCommands _learned = LearnedCommands.None;
    private volatile Metrics.GatewaySnapshot? _countsSince;
    private volatile LiveSettings _settings = LiveSettings.Initial;
    private long _nextClientId;
    private long _nextSlowRequestId = -1;
    private long _rejectedClients;

    public string RunId { get; } = runId;

    public string Version { get; } = version;

    public TimeProvider Time { get; } = time;

    public TimeSpan Uptime => Time.GetElapsedTime(_startedAt);

    /// <summary>Commands that the table lacks and some shard has. Exchanged as a whole by the first loop.</summary>
    public LearnedCommands Learned
    {
        get => _learned;
        set => _learned = value;
    }

    /// <summary>Who of the gateway's clients listens to what.</summary>
    public Subscriptions.PubSubNumbers PubSub { get; } = new();

    /// <summary>What CONFIG SET has changed.</summary>
    public LiveSettings Settings => _settings;

    /// <summary>The map's file, where there is one.</summary>
    public string ConfigPath { get; set; } = "";

    public long RejectedClients => Interlocked.Read(ref _rejectedClients);

    /// <summary>Set by the server: all counters over all loops.</summary>
    public Func<Metrics.GatewaySnapshot> TakeSnapshot { get; set; } = null!;

    /// <summary>What INFO leaves out because it was counted before CONFIG RESETSTAT; null for nothing.</summary>
    public Metrics.GatewaySnapshot? CountsSince
    {
        get => _countsSince;
        set => _countsSince = value;
    }

    /// <summary>Set by the server: asks all loops.</summary>
    public CrossLoop.LoopQuestions Questions { get; set; } = null!;

    /// <summary>What clients have loaded with SCRIPT LOAD. Set by the server.</summary>
    public ScriptLibrary Scripts { get; set; } = null!;

    public long NextClientId() => Interlocked.Increment(ref _nextClientId);

    public long NextSlowRequestId() => Interlocked.Increment(ref _nextSlowRequestId);

    /// <summary>From any thread; of two at once neither is lost.</summary>
    public void Change(Func<LiveSettings, LiveSettings> change)
    {
        LiveSettings before;
        do before = _settings;
        while (Interlocked.CompareExchange(ref _settings, change(before), before) != before);
    }

    public long Clients(string pool) => Interlocked.Read(ref Box(pool).Value);

    /// <summary>Counts a client in, over all loops, unless the pool is full.</summary>
    public bool TryEnter(string pool, int limit)
    {
        StrongBox box = Box(pool);
        if (Interlocked.Increment(ref box.Value) <= limit) return true;
        Interlocked.Decrement(ref box.Value);
        Interlocked.Increment(ref _rejectedClients);
        return false;
    }

    public void ClientLeft(string pool) => Interlocked.Decrement(ref Box(pool).Value);

    private StrongBox Box(string pool) => _clients.GetOrAdd(pool, _ => new StrongBox());

    private sealed class StrongBox
    {
        public long Value;
    }
}
