using System.Net;

namespace Keyway.Gateway.Cluster;

/// <summary>
/// Decides whom to ask how a cluster looks, and whose answer to believe. Any of its servers can be asked, and any can be behind or cut off: an
/// answer from an earlier epoch, or from one that sees the cluster failed, counts only when nobody else has a better one. No sockets and no
/// clock: what happened comes in, and what to do comes out.
/// </summary>
internal sealed class ClusterScout(IReadOnlyList<EndPoint> seeds)
{
    /// <summary>How often the cluster is looked at while nothing happens.</summary>
    public const int PeriodMs = 1000;

    /// <summary>How soon it is looked at again while something does: redirections and lost links come in crowds.</summary>
    public const int HurriedPeriodMs = 50;

    private readonly Queue<EndPoint> _round = [];
    private EndPoint? _asking;
    private EndPoint? _lastGood;
    private ClusterView? _secondBest;
    private long _nextMs;
    private bool _isHurried;

    /// <summary>What is believed; null until somebody has answered.</summary>
    public ClusterView? View { get; private set; }

    /// <summary>Whom to ask now; null while nobody is to be asked, or somebody still is. Each answer is followed by OnView or OnFailed.</summary>
    public EndPoint? Next(long nowMs)
    {
        if (_asking is not null || nowMs < _nextMs) return null;
        if (_round.Count == 0) BeginRound();
        _isHurried = false;
        return _asking = _round.Dequeue();
    }

    /// <summary>Something has changed: look at once, or as soon as has been looked.</summary>
    public void Hurry(long nowMs)
    {
        _isHurried = true;
        if (_asking is null) _nextMs = Math.Min(_nextMs, nowMs + HurriedPeriodMs);
    }

    /// <summary>Whom we asked has answered.</summary>
    /// <returns>True when there is something new to believe.</returns>
    public bool OnView(ClusterView view, long nowMs)
    {
        bool isSure = view.IsOk && view.Epoch >= (View?.Epoch ?? 0);
        if (isSure) _lastGood = _asking;
        else if (IsBetter(view, _secondBest)) _secondBest = view;
        return isSure ? EndRound(view, nowMs) : GoOn(nowMs);
    }

    /// <summary>Whom we asked cannot be reached, or makes no sense.</summary>
    /// <returns>True when there is something new to believe.</returns>
    public bool OnFailed(long nowMs)
    {
        if (_lastGood == _asking) _lastGood = null;
        return GoOn(nowMs);
    }

    private bool GoOn(long nowMs)
    {
        _asking = null;
        if (_round.Count > 0)
        {
            _nextMs = nowMs;
            return false;
        }

        // All have been asked. Nobody has better news than the second best: perhaps the cluster has begun anew, with smaller numbers.
        return EndRound(_secondBest, nowMs);
    }

    private bool EndRound(ClusterView? view, long nowMs)
    {
        _asking = null;
        _round.Clear();
        _secondBest = null;
        bool isWell = view is { IsOk: true } && !_isHurried;
        _nextMs = nowMs + (isWell ? PeriodMs : HurriedPeriodMs);
        if (view is null) return false;

        bool isNew = View is null || !View.HasSamePlaces(view);
        View = view;
        return isNew;
    }

    // Whoever knew last time comes first, then the masters, who hear of changes first. Those that the map names are there when all others are gone.
    private void BeginRound()
    {
        var known = new List<EndPoint>();
        if (_lastGood is not null) known.Add(_lastGood);
        if (View is not null)
        {
            known.AddRange(View.Nodes.Where(node => node is { IsMaster: true, IsOnline: true }).Select(node => node.Address));
            known.AddRange(View.Nodes.Where(node => node is { IsMaster: false, IsOnline: true }).Select(node => node.Address));
        }

        known.AddRange(seeds);
        if (View is not null) known.AddRange(View.Nodes.Where(node => !node.IsOnline).Select(node => node.Address));
        foreach (EndPoint address in known.Distinct()) _round.Enqueue(address);
    }

    private static bool IsBetter(ClusterView view, ClusterView? other) =>
        other is null || view.Epoch > other.Epoch || (view.Epoch == other.Epoch && view.ServedSlots > other.ServedSlots);
}
