using Keyway.Gateway.Links;
using Keyway.Platform;
using Microsoft.Extensions.Logging;

namespace Keyway.Gateway.Shards;

/// <summary>
/// Watches one shard of several servers: looks at all of them again and again (every second while all is well, at once when a loop has met
/// trouble, and many times a second until that is settled), and tells all loops what it found. Runs on the first loop; a control connection to
/// each server, so that however many loops and clients there are, a server that is down is asked by one.
/// </summary>
internal sealed class ShardWatch
{
    private const int AlertPollMs = 50;

    /// <summary>What a look waits for a server that has answered the last time. Longer than a turn of a busy server, and nobody is held longer by one that hangs.</summary>
    private const int LookMs = 150;

    /// <summary>Between two looks, however many loops ask for one.</summary>
    private const int MinGapMs = 5;

    private const int SubscribeAgainMs = 1000;
    private const int MostSentinels = 16;

    private readonly List<WatchedNode> _nodes = [];
    private readonly List<WatchedSentinel> _sentinels = [];
    private readonly MasterFinder _finder = new();
    private readonly SentinelFinder _sentinelFinder = new();
    private readonly CatchUp _catchUp = new();
    private readonly Action<ShardTopology> _tell;
    private readonly ILogger _log;
    private volatile ShardTopology _topology = ShardTopology.Unknown;
    private ServerAddress? _lastMaster;
    private string _toldReason = "";
    private int _failovers;
    private long _nextLookMs;
    private long _lookBeganMs;
    private bool _isLooking;
    private bool _lookAgain;
    private bool _isStarted;
    private bool _isStopped;

    public ShardWatch(EventLoop events, ShardDefinition definition, int seed, ILogger log, Action<ShardTopology> tell)
    {
        Events = events;
        Definition = definition;
        Random = new Random(seed);
        _log = log;
        _tell = tell;
        foreach (ServerAddress server in definition.Servers)
        {
            if (definition.MasterName is null) _nodes.Add(new WatchedNode(server, this));
            else _sentinels.Add(new WatchedSentinel(server, this) { IsConfigured = true });
        }
    }

    public EventLoop Events { get; }

    public ShardDefinition Definition { get; }

    public Random Random { get; }

    public long NowMs => Events.NowMs;

    /// <summary>How often it looks while all is well.</summary>
    public int PollMs { get; set; } = 1000;

    /// <summary>What the last look found. From any thread.</summary>
    public ShardTopology Topology => _topology;

    public void Start()
    {
        if (_isStarted || _isStopped) return;
        _isStarted = true;
        Look();
    }

    public void Stop()
    {
        _isStopped = true;
        foreach (WatchedNode node in _nodes) node.Stop();
        foreach (WatchedSentinel sentinel in _sentinels) Drop(sentinel);
        _nodes.Clear();
        _sentinels.Clear();
    }

    /// <summary>Somebody has met trouble, or has news: what is known may be wrong.</summary>
    public void LookNow()
    {
        if (_isStopped) return;
        if (_isLooking)
        {
            // What it asked may have been answered before the trouble began.
            _lookAgain = true;
            return;
        }
        if (_nextLookMs - NowMs > MinGapMs) _nextLookMs = Math.Max(NowMs, _lookBeganMs + MinGapMs);
        if (_nextLookMs <= NowMs) Look();
    }

    /// <summary>Who decides such things has made another server the master.</summary>
    public void Hint(ServerAddress master, long epoch)
    {
        if (_isStopped || !_finder.Hint(master, epoch)) return;
        LookNow();
    }

    public void Tick()
    {
        if (_isStopped || !_isStarted) return;
        long limitMs = (long)Definition.Timeout.TotalMilliseconds;
        for (int i = _nodes.Count - 1; i >= 0 && i < _nodes.Count; i--) _nodes[i].CheckSilence(NowMs, limitMs);
        for (int i = _sentinels.Count - 1; i >= 0 && i < _sentinels.Count; i--) _sentinels[i].CheckSilence(NowMs, limitMs);
        if (_isLooking && NowMs - _lookBeganMs >= LookMs) EndLook();
        else if (!_isLooking && NowMs >= _nextLookMs) Look();
    }

    /// <summary>A server has answered, or cannot.</summary>
    public void OnNews(WatchedServer server, bool wasAwaited)
    {
        if (_isStopped) return;
        if (_isLooking)
        {
            if (wasAwaited && !IsAwaitingAny()) EndLook();
        }
        else
        {
            // Too late for its look, or between two: it counts at once.
            bool wasWell = _topology.Master is not null && _topology.Reason.Length == 0;
            if (!Conclude() && wasWell) LookNow();
        }
    }

    private void Look()
    {
        _isLooking = true;
        _lookAgain = false;
        _lookBeganMs = NowMs;
        foreach (WatchedNode node in _nodes.ToArray()) node.Begin();
        foreach (WatchedSentinel sentinel in _sentinels.ToArray())
        {
            sentinel.Begin();
            Subscribe(sentinel);
        }
        if (_isLooking && !IsAwaitingAny()) EndLook();
    }

    private bool IsAwaitingAny()
    {
        foreach (WatchedNode node in _nodes)
        {
            if (node.IsAwaited) return true;
        }
        foreach (WatchedSentinel sentinel in _sentinels)
        {
            if (sentinel.IsAwaited) return true;
        }
        return false;
    }

    private void EndLook()
    {
        _isLooking = false;
        foreach (WatchedNode node in _nodes) node.GiveUpWaiting();
        foreach (WatchedSentinel sentinel in _sentinels) sentinel.GiveUpWaiting();
        bool hasNewNodes = Definition.MasterName is not null && NameNodes();
        bool isWell = Conclude() && !hasNewNodes;
        int period = hasNewNodes || _lookAgain ? MinGapMs : isWell ? PollMs : AlertPollMs;
        _nextLookMs = NowMs + Random.Next(period - (period / 10), period + (period / 10) + 1);
    }

    // True while there is a master that answers.
    private bool Conclude()
    {
        List<NodeReport> reports = [.. _nodes.Select(node => node.Report)];
        Finding found = Definition.MasterName is null
            ? _finder.Look(reports)
            : _sentinelFinder.Look([.. _sentinels.Select(sentinel => sentinel.Claim).OfType<SentinelClaim>()], reports, _sentinels.Count(sentinel => sentinel.Answers), NowMs);
        if (found.Master is null && Definition.MasterName is not null && _sentinels.TrueForAll(sentinel => !sentinel.Answers))
            found = found with { Reason = string.Join("; ", _sentinels.Take(3).Select(sentinel => $"sentinel {sentinel.Server}: {sentinel.Trouble}")) };
        Tell(found);
        NoteCatchUp(reports, found);
        var topology = new ShardTopology
        {
            Master = found.Master,
            VerifiedTicks = found.VerifiedTicks,
            Reason = found.Reason,
            Kind = found.Kind,
            Replicas = [.. _nodes.Where(node => node.Report is { IsReplica: true, Trouble: null, HasData: true } && node.Server != found.Master)
                .Select(node => new ReplicaState(node.Server, node.CaughtUpTicks))],
            Silent = [.. _nodes.Where(node => !node.Report.Answered).Select(node => node.Server)],
            Failovers = _failovers,
        };
        _topology = topology;
        _tell(topology);
        return found.Master is not null && found.Reason.Length == 0;
    }

    private void Tell(Finding found)
    {
        if (found.Master is not null && found.Master != _lastMaster)
        {
            if (_lastMaster is null)
            {
                GatewayLog.MasterFound(_log, Definition.Name, found.Master.Text);
            }
            else
            {
                _failovers++;
                GatewayLog.MasterExchanged(_log, Definition.Name, found.Master.Text, _lastMaster.Text);
            }
            _lastMaster = found.Master;
            _toldReason = "";
            return;
        }
        if ((found.Reason.Length == 0) == (_toldReason.Length == 0)) return;

        // Many looks a second find the same; its words may differ.
        _toldReason = found.Reason;
        if (found.Reason.Length > 0) GatewayLog.MasterMissed(_log, Definition.Name, found.Reason);
        else GatewayLog.MasterFound(_log, Definition.Name, found.Master!.Text);
    }

    private void NoteCatchUp(List<NodeReport> reports, Finding found)
    {
        if (reports.Find(report => report.Server == found.Master) is { Claims: true } master) _catchUp.NoteMaster(master);
        foreach (WatchedNode node in _nodes)
        {
            if (node.Report is { IsReplica: true } replica) node.CaughtUpTicks = Math.Max(node.CaughtUpTicks, _catchUp.Of(replica));
            else node.CaughtUpTicks = 0;
        }
    }

    // The servers that sentinels name are those that are asked; and the sentinels that sentinels name stand in for those that are lost.
    private bool NameNodes()
    {
        foreach (WatchedNode node in _nodes) node.IsNamed = node.Server == _lastMaster;
        bool hasNew = false;
        foreach (WatchedSentinel sentinel in _sentinels)
        {
            if (!sentinel.Answers || sentinel.Claim is not { } claim) continue;
            hasNew |= Name(claim.Master);
            foreach (ServerAddress replica in sentinel.Replicas) hasNew |= Name(replica);
        }
        bool anyAnswers = _sentinels.Exists(sentinel => sentinel.Answers);
        for (int i = _nodes.Count - 1; anyAnswers && i >= 0; i--)
        {
            if (_nodes[i].IsNamed) continue;
            _nodes[i].Stop();
            _nodes.RemoveAt(i);
        }
        ReplaceLost();
        return hasNew;
    }

    private bool Name(ServerAddress server)
    {
        const int Most = 64;
        if (_nodes.Find(node => node.Server == server) is { } known)
        {
            known.IsNamed = true;
            return false;
        }
        if (_nodes.Count >= Most) return false;
        _nodes.Add(new WatchedNode(server, this));
        return true;
    }

    private void ReplaceLost()
    {
        HashSet<ServerAddress> named = [.. _sentinels.Where(sentinel => sentinel.Answers).SelectMany(sentinel => sentinel.Others)];
        for (int i = _sentinels.Count - 1; i >= 0; i--)
        {
            WatchedSentinel sentinel = _sentinels[i];
            if (sentinel.IsConfigured || sentinel.Answers || named.Contains(sentinel.Server) || named.Count == 0) continue;
            Drop(sentinel);
            _sentinels.RemoveAt(i);
        }
        foreach (ServerAddress server in named)
        {
            if (_sentinels.Count >= MostSentinels || _sentinels.Exists(sentinel => sentinel.Server == server)) continue;
            _sentinels.Add(new WatchedSentinel(server, this));
        }
    }

    private void Subscribe(WatchedSentinel sentinel)
    {
        if (sentinel.Subscription is not null || !sentinel.Answers || NowMs < sentinel.NextSubscriptionMs) return;
        sentinel.NextSubscriptionMs = NowMs + SubscribeAgainMs;
        sentinel.Subscription = new SwitchSubscription(sentinel.MakeHandshake(), this, ended =>
        {
            if (sentinel.Subscription == ended) sentinel.Subscription = null;
        });
        Events.Connect(sentinel.Server.EndPoint, sentinel.Subscription, Definition.Tls);
    }

    private static void Drop(WatchedSentinel sentinel)
    {
        sentinel.Stop();
        SwitchSubscription? subscription = sentinel.Subscription;
        sentinel.Subscription = null;
        subscription?.End("", FailureKind.Retired);
    }
}
