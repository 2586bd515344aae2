namespace Keyway.Sentinel.Core;

/// <summary>Another sentinel that watches the same master.</summary>
internal sealed class PeerSentinel(string id, ServerAddress address, MonitoredMaster master, long now) : Instance(id, address, now)
{
    public override InstanceKind Kind => InstanceKind.Sentinel;

    public override MonitoredMaster Master { get; } = master;

    public long LastHello { get; set; } = now;

    public long LastMasterDownReply { get; set; } = now;

    /// <summary>The link's generation on which it was asked about the master and has not answered.</summary>
    public int AskPendingGeneration { get; set; }

    /// <summary>Whom it voted for, as it told us.</summary>
    public string? Leader { get; set; }

    public long LeaderEpoch { get; set; }
}
