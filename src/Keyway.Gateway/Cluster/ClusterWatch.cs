using System.Net;
using Keyway.Gateway.Links;
using Keyway.Platform;
using Microsoft.Extensions.Logging;

namespace Keyway.Gateway.Cluster;

/// <summary>
/// Watches one cluster: one connection to one of its servers at a time, whom the scout chooses. Runs on the first loop and tells all loops what
/// it found, so that however many loops and clients are redirected, one question is asked.
/// </summary>
internal sealed class ClusterWatch
{
    /// <summary>How long one server may keep us from asking the next.</summary>
    private const int LookMs = 500;

    private const int MostReasons = 3;

    private readonly EventLoop _events;
    private readonly Action<ClusterState> _tell;
    private readonly ILogger _log;
    private readonly ClusterScout _scout;
    private readonly Dictionary<EndPoint, string> _troubles = [];
    private ClusterQuestions? _link;
    private volatile ClusterState _state = ClusterState.Unknown;
    private int _isWanted;
    private bool _isStopped;

    public ClusterWatch(EventLoop events, ShardDefinition definition, ILogger log, Action<ClusterState> tell)
    {
        _events = events;
        Definition = definition;
        _log = log;
        _tell = tell;
        IReadOnlyList<EndPoint> seeds = definition.Servers.Count > 0 ? [.. definition.Servers.Select(server => server.EndPoint)] : [definition.Address];
        _scout = new ClusterScout(seeds);
    }

    public ShardDefinition Definition { get; }

    /// <summary>From any thread.</summary>
    public ClusterState State => _state;

    public void Stop()
    {
        _isStopped = true;
        ClusterQuestions? link = _link;
        _link = null;
        link?.End("", FailureKind.Retired);
    }

    /// <summary>Somebody was redirected, or a server is in trouble. From any loop: true when it has not been wanted yet, and is to be told so.</summary>
    public bool WantsLook() => Interlocked.Exchange(ref _isWanted, 1) == 0;

    public void LookNow()
    {
        Volatile.Write(ref _isWanted, 0);
        _scout.Hurry(_events.NowMs);
    }

    public void Tick()
    {
        if (_isStopped) return;
        long nowMs = _events.NowMs;
        if (_link is { AskedMs: >= 0 } asked && nowMs - asked.AskedMs >= LookMs) asked.End($"no answer within {Reasons.Duration(LookMs)}", FailureKind.Timeout);
        if (_scout.Next(nowMs) is not { } server) return;

        if (_link is not null && !_link.Server.Equals(server)) Drop();
        if (_link is null)
        {
            var handshake = LinkHandshake.For(Definition, new LinkKey(false, 0), probe: false);
            _link = new ClusterQuestions(handshake, this, server, isTls: Definition.Tls is not null) { IsPlain = Definition.Tls is null };
            _link.Ask(nowMs);
            _events.Connect(server, _link, Definition.Tls);
        }
        else
        {
            _link.Ask(nowMs);
        }
    }

    public void OnView(ClusterQuestions link, ClusterView view)
    {
        if (link != _link || _isStopped) return;
        _troubles.Remove(link.Server);
        bool isNew = _scout.OnView(view, _events.NowMs);
        bool wasAnswered = _state.Reason.Length == 0;
        if (_scout.View is null || (!isNew && wasAnswered && ReferenceEquals(_state.View, _scout.View))) return;
        int failovers = _state.Failovers;
        if (_state.View is { } before) failovers += _scout.View.FailoversSince(before);
        if (_state.View is null) GatewayLog.ClusterFound(_log, Definition.Name, _scout.View.Shards.Count, _scout.View.ServedSlots);
        else if (isNew) GatewayLog.ClusterChanged(_log, Definition.Name, _scout.View.Shards.Count, _scout.View.ServedSlots);
        Publish(new ClusterState(_scout.View, "", Failovers: failovers));
    }

    public void OnFailed(ClusterQuestions link, string reason, FailureKind kind)
    {
        if (link != _link || _isStopped) return;
        _link = null;

        // An attempt that nobody waits for: the server hung up between two questions.
        if (link.AskedMs < 0) return;
        if (_troubles.Count > 64) _troubles.Clear();
        _troubles[link.Server] = reason;
        bool isNew = _scout.OnFailed(_events.NowMs);
        if (isNew && _scout.View is not null)
        {
            Publish(new ClusterState(_scout.View, "", Failovers: _state.Failovers));
            return;
        }

        // Nobody answers: with what was known before, requests go on; without, clients are told why.
        if (_scout.View is not null) return;
        string words = string.Join("; ", _troubles.Take(MostReasons).Select(trouble => $"{ClusterNode.TextOf(trouble.Key)}: {trouble.Value}"));
        if (_state.Reason == ClusterState.Unknown.Reason) GatewayLog.ClusterMissed(_log, Definition.Name, words);
        Publish(new ClusterState(null, words, kind));
    }

    private void Publish(ClusterState state)
    {
        _state = state;
        _tell(state);
    }

    private void Drop()
    {
        ClusterQuestions? link = _link;
        _link = null;
        link?.End("", FailureKind.Retired);
    }
}
