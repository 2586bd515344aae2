using Keyway.Platform;

namespace Keyway.Shard.Replication.Serving;

/// <summary>
/// A master hands its role over: writes are put off until one replica says that it has all, then this server becomes that one's replica and tells it so in
/// its PSYNC. Who wrote meanwhile waits, and is told afterwards that this is a replica now.
/// </summary>
internal sealed class Failover(ShardServer server)
{
    private FailoverState _state;
    private string? _host;
    private long _port;
    private bool _isForced;
    private LoopTimer? _timer;

    public bool IsRunning => _state != FailoverState.None;

    /// <summary>The replica is to be told to take over, once this server is connected to it.</summary>
    public bool IsInProgress => _state == FailoverState.InProgress;

    public bool HasTimeLimit => _timer != null;

    /// <summary>As INFO names it.</summary>
    public string StateName => _state switch
    {
        FailoverState.WaitsForSync => "waiting-for-sync",
        FailoverState.InProgress => "failover-in-progress",
        _ => "no-failover",
    };

    /// <param name="host">Null: whichever replica has all first.</param>
    /// <param name="port">Where that one listens.</param>
    /// <param name="timeoutMs">0: for ever.</param>
    /// <param name="isForced">After that time the replica takes over whatever it lacks.</param>
    public void Begin(string? host, long port, long timeoutMs, bool isForced)
    {
        if (host != null) ServingLog.FailoverTo(server.Logger, LogText.Of(host), port);
        else ServingLog.FailoverToAny(server.Logger);
        (_host, _port, _isForced) = (host, port, isForced);
        _state = FailoverState.WaitsForSync;
        if (timeoutMs > 0) _timer = server.Loop.Schedule(timeoutMs, OnTimeout);
        server.Pause.Begin(PausePurpose.Failover, long.MaxValue, holdsAll: false, isInTransaction: false);
        server.Feed.Ask();
    }

    /// <summary>At the end of a turn: replicas may have said that they have all.</summary>
    public void Look()
    {
        if (_state != FailoverState.WaitsForSync) return;
        if (FindSynced() is not { } replica) return;
        (_host, _port) = (replica.Address, replica.ListeningPort);
        ServingLog.FailoverSynced(server.Logger, _host, _port);
        HandOver();
    }

    /// <summary>The replica has answered the PSYNC that told it to take over.</summary>
    public void Finish(bool hasTakenOver)
    {
        if (_state != FailoverState.InProgress) return;
        if (hasTakenOver) Clear();
        else Abort("Failover target rejected psync request");
    }

    public void Abort(string reason)
    {
        if (!IsRunning) return;
        if (_host != null) ServingLog.FailoverToAborted(server.Logger, LogText.Of(_host), _port, StateName, reason);
        else ServingLog.FailoverAborted(server.Logger, StateName, reason);
        bool wasFollowing = _state == FailoverState.InProgress;
        if (wasFollowing) server.Promote();
        Clear();
    }

    private Replica? FindSynced()
    {
        if (_host != null)
        {
            Replica? target = server.Replicas.Find(_host, _port);
            return target?.AckedOffset == server.History.Offset ? target : null;
        }

        foreach (Replica replica in server.Replicas.All)
        {
            if (replica.AckedOffset == server.History.Offset) return replica;
        }

        return null;
    }

    private void OnTimeout()
    {
        _timer = null;
        if (_state != FailoverState.WaitsForSync) return;
        if (!_isForced)
        {
            Abort("Replica never caught up before timeout");
            return;
        }

        ServingLog.FailoverForced(server.Logger, _host!, _port);
        HandOver();
    }

    private void HandOver()
    {
        _state = FailoverState.InProgress;
        server.Follow(_host!, (int)_port);
    }

    private void Clear()
    {
        _timer?.Cancel();
        (_timer, _host, _port, _isForced, _state) = (null, null, 0, false, FailoverState.None);
        server.Pause.End(PausePurpose.Failover);
    }
}
