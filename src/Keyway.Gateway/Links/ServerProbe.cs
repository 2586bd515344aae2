namespace Keyway.Gateway.Links;

/// <summary>Tries a server that cannot be reached until it can: one attempt at a time, at moments that differ, never far apart.</summary>
internal sealed class ServerProbe(NodeBackend node)
{
    private const int MinBackOffMs = 5;
    private const int MaxBackOffMs = 50;

    private SharedLink? _link;
    private int _backOffMs = MinBackOffMs;
    private long _nextMs;
    private bool _isOn;

    /// <summary>At once.</summary>
    public void Begin()
    {
        _isOn = true;
        _nextMs = long.MaxValue;
        _link = node.OpenShared(new LinkKey(false, 0), probe: true);
    }

    /// <summary>A moment from now, unless an attempt is under way.</summary>
    /// <param name="anew">The trouble is new: the first attempts follow quickly.</param>
    public void Schedule(bool anew)
    {
        if (anew) _backOffMs = MinBackOffMs;
        if (_link is not null) return;
        _isOn = true;
        _nextMs = node.Loop.Events.NowMs + node.Loop.Random.Next(_backOffMs / 2, _backOffMs + 1);
        _backOffMs = Math.Min(MaxBackOffMs, _backOffMs * 2);
    }

    /// <summary>The link has become ready, or has ended.</summary>
    public void Forget(ShardLink link)
    {
        if (link == _link) _link = null;
    }

    /// <summary>The server serves.</summary>
    public void Stop()
    {
        _isOn = false;
        _backOffMs = MinBackOffMs;
    }

    public void Tick(long nowMs)
    {
        if (_isOn && _link is null && nowMs >= _nextMs) Begin();
    }
}
