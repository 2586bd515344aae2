namespace Keyway.Shard.Limits;

/// <summary>Finds clients for whom more waits than they may leave unread (client-output-buffer-limit).</summary>
internal sealed class OutputWatch(ShardServer server)
{
    private OutputLimit[] _limits = new OutputLimit[4];

    /// <summary>Who has less waiting than this is within all limits.</summary>
    public long LowestBytes { get; private set; } = long.MaxValue;

    public void Apply(OutputLimit[] limits)
    {
        _limits = limits;
        LowestBytes = limits.Min(limit => limit.LowestBytes);
    }

    /// <summary>Called whenever a client's unread output has grown above <see cref="LowestBytes"/>, and about once a second.</summary>
    public void Check(ClientSession client)
    {
        if (client.IsClosing || !IsExceeded(client)) return;
        ShardLog.OutputLimit(server.Logger, ClientDescription.Of(client));
        client.CloseSoon();
    }

    private bool IsExceeded(ClientSession client)
    {
        OutputLimit limit = _limits[(int)client.Type];
        long bytes = client.PendingOutput;

        // Who may come back and get so much of the backlog may also lag so much.
        if (client.IsReplica && limit.HardBytes > 0) limit = limit with { HardBytes = Math.Max(limit.HardBytes, server.Settings.ReplicationBacklogBytes) };

        if (limit.SoftBytes == 0 || bytes < limit.SoftBytes) client.AboveSoftLimitSinceMs = 0;
        else if (client.AboveSoftLimitSinceMs == 0) client.AboveSoftLimitSinceMs = Math.Max(1, server.Loop.NowMs);
        else if ((server.Loop.NowMs - client.AboveSoftLimitSinceMs) / 1000 > limit.SoftSeconds) return true;

        return limit.HardBytes > 0 && bytes >= limit.HardBytes;
    }
}
