using System.Collections.Immutable;

namespace Keyway.Gateway;

/// <summary>
/// What CONFIG SET has changed since the start: immutable, exchanged as a whole. The map's file stays as it is, and has the last word again when it is
/// read anew.
/// </summary>
internal sealed record LiveSettings
{
    public static readonly LiveSettings Initial = new();

    /// <summary>Requests that take at least so long are kept for SLOWLOG; -1 keeps none. Redis's own default.</summary>
    public long SlowerThanMicroseconds { get; init; } = 10_000;

    public long SlowLogLength { get; init; } = 128;

    /// <summary>Requests that take at least so long are events for LATENCY; 0 keeps none, as in Redis.</summary>
    public long LatencyThresholdMs { get; init; }

    public ImmutableDictionary<string, int> MaxClients { get; init; } = ImmutableDictionary<string, int>.Empty;

    public ImmutableDictionary<string, TimeSpan> Idle { get; init; } = ImmutableDictionary<string, TimeSpan>.Empty;

    public int MaxClientsOf(PoolDefinition pool) => MaxClients.GetValueOrDefault(pool.Name, pool.MaxClients);

    public TimeSpan IdleOf(PoolDefinition pool) => Idle.GetValueOrDefault(pool.Name, pool.Idle);

    /// <summary>The map has been read anew: what it says of pools counts.</summary>
    public LiveSettings AsMapped() => this with { MaxClients = Initial.MaxClients, Idle = Initial.Idle };
}
