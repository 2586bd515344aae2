using Keyway.Platform;

namespace Keyway.Shard.Replication.Serving;

/// <summary>
/// Has every replica sent, once a turn, what the history got in it: however many commands, one send each. It goes into the list of what is to be flushed
/// when the first effect of a turn is written, which is before the reply to that command: who has been answered is as safe as a replica that keeps up
/// makes him. While replies wait for the disk, so does what tells replicas of the same writes: none of them may have what this server can still lose.
/// </summary>
internal sealed class ReplicaFeed(ShardServer server) : Flushable
{
    private const int ShareOfOne = 256 * 1024;
    private const int ShareOfAll = 1024 * 1024;
    private const int LeastShare = 64 * 1024;

    private readonly HeldStream _held = new();
    private bool _isAsked;
    private bool _hasHeldBack;                           // somebody would have got more

    /// <summary>The last byte of the history that nobody can take back.</summary>
    public long SafeOffset => server.Gate.IsClosed ? Math.Min(_held.Released, server.History.Offset) : server.History.Offset;

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
        if (server.Gate.IsClosed) _held.Hold(server.History.Offset, server.Gate.Offset);
        else _held.ReleaseAll(server.History.Offset);
        CheckLimits();
        server.Replicas.Waits.Serve();
        server.Failover.Look();
    }

    /// <summary>All that happened before this offset of the journal is safe, or will not be soon: then replicas are as good a place for it as this server.</summary>
    public void OnSafe(long journal)
    {
        if (!_held.Release(journal) && !_hasHeldBack) return;
        _hasHeldBack = false;
        server.OnHistorySafe();
        Ask();
        foreach (Replica replica in server.Replicas.All)
        {
            if (replica.Payload != null) server.Loop.FlushLater(replica.Client, FlushPhase.Replies);
        }
    }

    /// <summary>The history is another one.</summary>
    public void OnReplaced() => _held.ReleaseAll(server.History.Offset);

    /// <summary>Straight from where all replicas' bytes lie; a part of it a turn, so that a replica far behind does not hold up the others.</summary>
    public void Send(Replica replica)
    {
        ClientSession client = replica.Client;
        int share = Math.Clamp(ShareOfAll / Math.Max(1, server.Replicas.Count), LeastShare, ShareOfOne);
        int left = share;
        long safe = SafeOffset;
        while (!client.IsCongested && left > 0)
        {
            ReadOnlySpan<byte> bytes = replica.NextUpTo(safe);
            if (bytes.IsEmpty) break;
            if (bytes.Length > left) bytes = bytes[..left];
            int sent = client.SendNow(bytes);
            replica.Advance(sent);
            left -= sent;
            if (client.IsClosing) return;
        }

        _hasHeldBack |= safe < server.History.Offset && left > 0 && !replica.Next.IsEmpty;
        server.Replicas.NoteSent(replica, share - left);
        if (left == 0) server.Loop.FlushLater(client, FlushPhase.Replies);
        if (replica.PendingBytes >= server.OutputWatch.LowestBytes) server.OutputWatch.Check(client);
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
