using Keyway.Platform;

namespace Keyway.Shard.Replication.Serving;

/// <summary>
/// Has every replica sent, once a turn, what the history got in it: however many commands, one send each. It goes into the list of what is to be flushed
/// when the first effect of a turn is written, which is before the reply to that command: who has been answered is as safe as a replica that keeps up
/// makes him.
/// </summary>
internal sealed class ReplicaFeed(ShardServer server) : Flushable
{
    private bool _isAsked;

    /// <summary>The history has grown, or somebody waits to hear that it has arrived.</summary>
    public void Ask()
    {
        if (_isAsked) return;
        _isAsked = true;
        server.Loop.FlushLater(this, FlushPhase.Replies);
        foreach (Replica replica in server.Replicas.All)
        {
            if (replica.State == ReplicaState.Online && !replica.HoldsStream) server.Loop.FlushLater(replica.Client, FlushPhase.Replies);
        }
    }

    public override void Flush()
    {
        _isAsked = false;
        CheckLimits();
        server.Replicas.Waits.Serve();
        server.Failover.Look();
    }

    // Those that are online are looked at when they are sent to; the others wait for their snapshot, and what comes meanwhile is kept for them.
    private void CheckLimits()
    {
        foreach (Replica replica in server.Replicas.All)
        {
            if (replica.PendingBytes >= server.OutputWatch.LowestBytes) server.OutputWatch.Check(replica.Client);
        }
    }
}
