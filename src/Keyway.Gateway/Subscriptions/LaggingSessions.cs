using Keyway.Gateway.Sessions;

namespace Keyway.Gateway.Subscriptions;

/// <summary>
/// Clients that take their messages more slowly than they come. Nobody else waits for them: what they have not taken is kept, up to max_collected for
/// each, an eighth of that for a minute, and the pool's buffers for all of them together; past that they are closed.
/// </summary>
internal sealed class LaggingSessions(GatewayLoop loop)
{
    /// <summary>With less than this a client keeps up.</summary>
    public const int LeastBytes = 64 * 1024;

    private const int PeriodMs = 100;
    private const int PatienceMs = 60_000;
    private const int PatientShare = 8;

    private readonly List<Lagging> _lagging = [];
    private long _nextMs;

    private sealed class Lagging(ClientSession session)
    {
        public readonly ClientSession Session = session;
        public long TooMuchSinceMs = -1;
    }

    public void Add(ClientSession session) => _lagging.Add(new Lagging(session));

    public void Tick(long nowMs)
    {
        if (_lagging.Count == 0 || nowMs < _nextMs) return;
        _nextMs = nowMs + PeriodMs;
        _lagging.RemoveAll(lagging => lagging.Session.IsClosed || lagging.Session.StopsLagging());
        foreach (Lagging lagging in _lagging) CheckPatience(lagging, nowMs);
        foreach (PoolState pool in loop.Pools) CheckAll(pool);
    }

    private static void CheckPatience(Lagging lagging, long nowMs)
    {
        if (lagging.Session.UntakenBytes <= lagging.Session.Pool.Definition.MaxCollected / PatientShare) lagging.TooMuchSinceMs = -1;
        else if (lagging.TooMuchSinceMs < 0) lagging.TooMuchSinceMs = nowMs;
        else if (nowMs - lagging.TooMuchSinceMs >= PatienceMs) lagging.Session.CloseOverLimit("it takes its messages too slowly: an eighth of max_collected has waited for a minute");
    }

    private void CheckAll(PoolState pool)
    {
        long limit = loop.ShareOf(pool.Definition.Buffers);
        long total = 0;
        foreach (Lagging lagging in _lagging)
        {
            if (lagging.Session.Pool.Whole == pool) total += lagging.Session.UntakenBytes;
        }
        if (total <= limit) return;
        foreach (Lagging lagging in _lagging.Where(one => one.Session.Pool.Whole == pool).OrderByDescending(one => one.Session.UntakenBytes))
        {
            total -= lagging.Session.UntakenBytes;
            lagging.Session.CloseOverLimit("it takes its messages too slowly, and what waits for all such clients passes buffers");
            if (total <= limit) return;
        }
    }
}
