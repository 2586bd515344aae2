using Keyway.Gateway.Sessions;

namespace Keyway.Gateway.Links;

/// <summary>
/// The clients of a shard whose next requests wait, unsent, for a server that can take them: bounded in time and, with what their requests fill,
/// in bytes.
/// </summary>
internal sealed class HeldSessions(ShardBackend backend)
{
    private readonly List<ClientSession> _held = [];

    /// <summary>The session waits, blocked. False: it has waited long enough, or too much waits.</summary>
    public bool TryHold(ClientSession session, ref ShardFailure failure)
    {
        if (failure.Verbatim is not null) return false;
        bool isFull = session.Pool.CollectedBytes > backend.Loop.ShareOf(session.Pool.Definition.Buffers);
        long nowMs = backend.Loop.Events.NowMs;
        if (session.HeldSinceMs < 0) session.HeldSinceMs = nowMs;

        // Other credentials do not come by waiting.
        if (backend.IsRetired || failure.Kind == FailureKind.Handshake || isFull || nowMs - session.HeldSinceMs >= MostMs(session))
        {
            backend.Counters.Breaker++;
            if (isFull) failure = failure with { Reason = "too many requests wait for it" };
            return false;
        }
        session.Block(BlockReason.Hold);
        _held.Add(session);
        return true;
    }

    /// <summary>All try again.</summary>
    public void Release()
    {
        if (_held.Count == 0) return;
        foreach (ClientSession session in _held) session.Unblock(BlockReason.Hold);
        _held.Clear();
    }

    /// <summary>Those whose time is over try again and are told; those that have left are forgotten. Readers may find a replica at any time.</summary>
    public void Tick(long nowMs)
    {
        if (_held.Count == 0) return;
        _held.RemoveAll(session =>
        {
            bool isOver = session.IsClosed || session.Blocked != BlockReason.Hold || nowMs - session.HeldSinceMs >= MostMs(session) || session.Pool.ReadsReplicas;
            if (isOver) session.Unblock(BlockReason.Hold);
            return isOver;
        });
    }

    public static long MostMs(ClientSession session) => (long)session.Pool.Definition.Hold.TotalMilliseconds;
}
