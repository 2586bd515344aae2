namespace Keyway.Sentinel.Core;

/// <summary>Everything that a sentinel knows. Commands read it; only <see cref="SentinelCore"/> and the options of SENTINEL SET change it.</summary>
internal sealed class SentinelState
{
    public SentinelState(string myId)
    {
        MyId = myId;
    }

    /// <summary>Forty hex digits, made once for a configuration file.</summary>
    public string MyId { get; }

    /// <summary>The highest epoch heard of. It never falls.</summary>
    public long CurrentEpoch { get; set; }

    /// <summary>By configured name, in the order of their configuration.</summary>
    public OrderedDictionary<string, MonitoredMaster> Masters { get; } = [];

    /// <summary>Our timer came too late or too early: watch, but act on nothing.</summary>
    public bool Tilt { get; set; }

    public long TiltSince { get; set; }

    /// <summary>What we give out as our address instead of our end of each link; null: that end.</summary>
    public string? AnnounceIp { get; set; }

    /// <summary>The port that we give out: the announced one, or the one that we listen on.</summary>
    public int AnnouncePort { get; set; }

    public SimulatedFailures SimulatedFailures { get; set; }

    /// <summary>What must survive a restart, as of now.</summary>
    public SavedSentinel Save() => new(MyId, CurrentEpoch, [.. Masters.Values.Select(Save)]);

    private static SavedMaster Save(MonitoredMaster master)
    {
        ServerAddress address = master.CurrentAddress;
        return new SavedMaster(master.Name, address, master.Quorum)
        {
            DownAfterMs = master.DownAfterMs,
            FailoverTimeoutMs = master.FailoverTimeoutMs,
            ParallelSyncs = master.ParallelSyncs,
            RebootDownAfterMs = master.RebootDownAfterMs,
            AuthUser = master.AuthUser,
            AuthPassword = master.AuthPassword,
            NotificationScript = master.NotificationScript,
            ClientReconfigScript = master.ClientReconfigScript,
            RenamedCommands = new Dictionary<string, string>(master.RenamedCommands),
            ConfigEpoch = master.ConfigEpoch,
            LeaderEpoch = master.LeaderEpoch,
            // The promoted replica stands in the master's place, so the master stands in its.
            Replicas = [.. master.Replicas.Values.Select(replica => replica.Address.Equals(address) ? master.Address : replica.Address)],
            Sentinels = [.. master.Sentinels.Values.Select(sentinel => new SavedPeer(sentinel.Name, sentinel.Address))],
        };
    }
}
