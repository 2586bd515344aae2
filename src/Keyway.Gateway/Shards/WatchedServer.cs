using Keyway.Gateway.Links;
using Keyway.Platform;

namespace Keyway.Gateway.Shards;

/// <summary>
/// One server or sentinel that a watch asks again and again: its connection, which is made anew when it goes (one attempt at a time, at moments
/// that differ), and whether its answer is still waited for.
/// </summary>
internal abstract class WatchedServer(ServerAddress server, ShardWatch watch)
{
    private const int MinBackOffMs = 5;
    private const int MaxBackOffMs = 50;

    private QuestionLink? _link;
    private long _nextConnectMs;
    private long _beganMs;
    private int _backOffMs = MinBackOffMs;
    private bool _wasSilent;

    public ServerAddress Server { get; } = server;

    /// <summary>The present look waits for it.</summary>
    public bool IsAwaited { get; private set; }

    protected ShardWatch Watch { get; } = watch;

    /// <summary>When the questions that are out were asked.</summary>
    protected long AskedTicks { get; private set; }

    /// <summary>Asks, or connects to ask. One that has not answered the last time is not waited for.</summary>
    public void Begin()
    {
        IsAwaited = false;
        if (_link is null)
        {
            if (Watch.NowMs < _nextConnectMs) return;
            _beganMs = Watch.NowMs;
            _link = new QuestionLink(Handshake(), this) { IsPlain = Watch.Definition.Tls is null };
            Watch.Events.Connect(Server.EndPoint, _link, Watch.Definition.Tls);
            IsAwaited = !_wasSilent;
        }
        else if (_link.IsReady && !_link.IsAsked)
        {
            Ask(_link);
            IsAwaited = !_wasSilent;
        }
    }

    /// <summary>The look is over and there was no answer.</summary>
    public void GiveUpWaiting()
    {
        if (!IsAwaited) return;
        IsAwaited = false;
        _wasSilent = true;
        NoteTrouble("it does not answer", FailureKind.Timeout);
    }

    /// <summary>Silence for too long: a connection that was lost on its way may never tell.</summary>
    public void CheckSilence(long nowMs, long limitMs)
    {
        if (_link is null || (_link.IsReady && !_link.IsAsked) || nowMs - _beganMs < limitMs) return;
        _link.End($"silent for {Reasons.Duration(limitMs)}", FailureKind.Timeout);
    }

    public void Stop()
    {
        QuestionLink? link = _link;
        _link = null;
        link?.End("", FailureKind.Retired);
    }

    public void OnReady()
    {
        _backOffMs = MinBackOffMs;
        Ask(_link!);
    }

    public void OnAnswers(IReadOnlyList<byte[]> answers)
    {
        bool wasAwaited = IsAwaited;
        IsAwaited = false;
        _wasSilent = false;
        Take(answers);
        Watch.OnNews(this, wasAwaited);
    }

    public void OnEnded(QuestionLink link, string reason, FailureKind kind)
    {
        if (link != _link) return;
        _link = null;
        _nextConnectMs = Watch.NowMs + Watch.Random.Next(_backOffMs / 2, _backOffMs + 1);
        _backOffMs = Math.Min(MaxBackOffMs, 2 * _backOffMs);
        bool wasAwaited = IsAwaited;
        IsAwaited = false;
        NoteTrouble(reason, kind);
        Watch.OnNews(this, wasAwaited);
    }

    protected abstract LinkHandshake Handshake();

    /// <summary>All the questions, and how many.</summary>
    protected abstract (byte[] Bytes, int Count) Questions();

    protected abstract void Take(IReadOnlyList<byte[]> answers);

    protected abstract void NoteTrouble(string reason, FailureKind kind);

    private void Ask(QuestionLink link)
    {
        AskedTicks = Watch.Events.Time.GetTimestamp();
        _beganMs = Watch.NowMs;
        (byte[] bytes, int count) = Questions();
        link.Ask(bytes, count);
    }
}
