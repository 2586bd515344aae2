namespace Keyway.Gateway.Sessions;

/// <summary>
/// What all clients of a pool have not taken of their replies and messages counts against its <c>buffers</c>: past that, those that have most are
/// closed. Each by itself is within its own limit, so nobody else would close them.
/// </summary>
internal sealed class OutputLimit(GatewayLoop loop)
{
    private const int PeriodMs = 100;

    private long _nextLookMs;

    public void Look(long nowMs)
    {
        if (nowMs < _nextLookMs) return;
        _nextLookMs = nowMs + PeriodMs;
        foreach (PoolState pool in loop.Pools)
        {
            long untaken = 0;
            foreach (ClientSession session in loop.Sessions)
            {
                if (session.Pool.Whole == pool) untaken += session.UntakenBytes;
            }
            long limit = loop.ShareOf(pool.Definition.Buffers);
            if (untaken > limit) Close(pool, untaken - limit);
        }
    }

    private void Close(PoolState pool, long excess)
    {
        foreach (ClientSession session in loop.Sessions.Where(session => session.Pool.Whole == pool && !session.IsClosing).OrderByDescending(session => session.UntakenBytes).ToArray())
        {
            if (excess <= 0) return;
            excess -= session.UntakenBytes;
            session.CloseOverLimit("all that clients have not taken passes buffers, and it has most of it");
        }
    }
}
