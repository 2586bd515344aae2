using System.Text;

namespace Keyway.Shard.Replication.Serving;

/// <summary>The clients that follow this server.</summary>
internal sealed class ReplicaSet(ShardServer server)
{
    private static readonly byte[] Ping = "*1\r\n$4\r\nping\r\n"u8.ToArray();

    private readonly List<Replica> _all = [];
    private long _seconds;
    private long _noneSinceMs = server.Loop.NowMs;

    public IReadOnlyList<Replica> All => _all;

    public int Count => _all.Count;

    public AckWaits Waits { get; } = new(server);

    /// <summary>Those that are online and have been heard of within min-replicas-max-lag; see <see cref="AllowsWrites"/>.</summary>
    public int GoodCount { get; private set; }

    /// <summary>Whether enough of them are good for writes to be taken (min-replicas-to-write).</summary>
    public bool AllowsWrites => server.IsReplica || server.Settings.MinReplicas == 0 || server.Settings.MinReplicasMaxLag == 0 || GoodCount >= server.Settings.MinReplicas;

    /// <summary>Everybody who is online says that he has all: a server may end without loss.</summary>
    public bool AreInSync => _all.TrueForAll(replica => replica.State != ReplicaState.Online || replica.IsOldProtocol || replica.AckedOffset == server.History.Offset);

    public void Add(Replica replica)
    {
        replica.AskedMs = replica.ProgressMs = server.Loop.NowMs;
        if (server.Settings.SparesReplicaPackets) replica.Client.Connection.GatherPackets(true);
        _all.Add(replica);
    }

    public void Remove(Replica replica)
    {
        if (!_all.Remove(replica)) return;
        ServingLog.Lost(server.Logger, replica.Name);
        server.Syncs.OnLeft(replica);
        replica.Release();
        if (_all.Count == 0) _noneSinceMs = server.Loop.NowMs;
        CountGood();
    }

    /// <summary>Ends all their connections at once: they come back, and what they then hear is true again.</summary>
    public void DisconnectAll()
    {
        while (_all.Count > 0)
        {
            ClientSession client = _all[^1].Client;
            Remove(_all[^1]);
            client.CloseAtOnce();
        }
    }

    /// <summary>So many bytes have gone out to it; none is no progress.</summary>
    public void NoteSent(Replica replica, int bytes)
    {
        if (bytes == 0) return;
        replica.ProgressMs = server.Loop.NowMs;
        server.Statistics.OutputBytes += bytes;
        server.Statistics.ReplicaOutputBytes += bytes;
    }

    /// <summary>The time without replicas, after which the backlog goes, begins now.</summary>
    public void RestartEmptyClock() => _noneSinceMs = server.Loop.NowMs;

    public void PutOnline(Replica replica)
    {
        replica.State = ReplicaState.Online;
        replica.AckedMs = server.Loop.NowMs;     // it has had no chance to say anything yet
        CountGood();
        ServingLog.Synchronized(server.Logger, replica.Name);
    }

    public void OnAck(Replica replica, long offset)
    {
        replica.AckedOffset = Math.Max(replica.AckedOffset, offset);
        replica.AckedMs = server.Loop.NowMs;
        if (replica.State == ReplicaState.Online && replica.HoldsStream)
        {
            replica.HoldsStream = false;
            server.Loop.FlushLater(replica.Client, Platform.FlushPhase.Replies);
        }

        server.Feed.Ask();
    }

    /// <summary>How many online replicas say that they have all up to this offset.</summary>
    public long CountAcked(long offset)
    {
        long count = 0;
        foreach (Replica replica in _all) count += replica.State == ReplicaState.Online && replica.AckedOffset >= offset ? 1 : 0;
        return count;
    }

    public Replica? Find(string address, long port) => _all.Find(replica => replica.ListeningPort == port && replica.Address == address);

    public void CountGood()
    {
        GoodCount = 0;
        if (server.Settings.MinReplicas == 0 || server.Settings.MinReplicasMaxLag == 0) return;
        foreach (Replica replica in _all)
        {
            if (replica.State == ReplicaState.Online && LagSeconds(replica) <= server.Settings.MinReplicasMaxLag) GoodCount++;
        }
    }

    /// <summary>Since when nothing has been heard of it.</summary>
    public long LagSeconds(Replica replica) => replica.State == ReplicaState.Online ? (server.Loop.NowMs - replica.AckedMs) / 1000 : 0;

    /// <summary>The server ends: who does not have all is told of, since what he lacks may be lost.</summary>
    public void TellLag()
    {
        if (_all.Count == 0) return;
        int lagging = 0;
        foreach (Replica replica in _all)
        {
            if (replica.AckedOffset == server.History.Offset) continue;
            lagging++;
            ServingLog.Lags(server.Logger, replica.Name, server.History.Offset - replica.AckedOffset, LagSeconds(replica), replica.StateName);
        }

        ServingLog.InSyncAtShutdown(server.Logger, _all.Count - lagging, _all.Count);
    }

    public void EachSecond()
    {
        _seconds++;      // first: nobody is pinged before a whole period has passed
        if (_all.Count > 0)
        {
            SendPing();
            SendNewlines();
            DropSilent();
        }

        DropUnusedBacklog();
        server.Syncs.StartPending();
        server.Syncs.RemoveFile();
        CountGood();
    }

    // While a failover waits for a replica to catch up, nothing may be added that it would lack again.
    private void SendPing()
    {
        if (server.IsReplica || server.History.Log == null || _seconds % server.Settings.ReplicaPingSeconds != 0) return;
        if (server.Pause.IsOn && server.Failover.HasTimeLimit) return;
        server.History.Append(Ping);
    }

    /// <summary>Who waits for a snapshot must not believe that we are gone. Nothing of it may get into a snapshot that is under way.</summary>
    private void SendNewlines()
    {
        foreach (Replica replica in _all)
        {
            bool waits = replica.State == ReplicaState.WaitsForStart || (replica.State == ReplicaState.WaitsForEnd && replica.Payload == null);
            if (!waits || replica.Client.IsClosing) continue;
            replica.Client.Reply.Append("\n"u8);
            server.Loop.FlushLater(replica.Client, Platform.FlushPhase.Replies);
        }
    }

    private void DropSilent()
    {
        long limitMs = server.Settings.ReplicationTimeoutSeconds * 1000L;
        for (int i = _all.Count - 1; i >= 0; i--)
        {
            Replica replica = _all[i];
            bool isSilent = replica.State == ReplicaState.Online && !replica.IsOldProtocol && server.Loop.NowMs - replica.AckedMs > limitMs;
            bool isStuck = replica is { State: ReplicaState.WaitsForEnd, Payload: not null } && !replica.Payload.Next.IsEmpty && server.Loop.NowMs - replica.ProgressMs > limitMs;
            if (isSilent) ServingLog.TimedOut(server.Logger, "streaming sync", replica.Name);
            else if (isStuck) ServingLog.TimedOut(server.Logger, "full sync", replica.Name);
            else continue;
            replica.Client.CloseAtOnce();
        }
    }

    /// <summary>
    /// A master whose replicas have all been away for long keeps nothing for them any more. From then on its writes are not counted, and whoever comes
    /// back must not believe that it may go on: the history gets another name.
    /// </summary>
    private void DropUnusedBacklog()
    {
        long seconds = server.Settings.BacklogTtlSeconds;
        if (_all.Count > 0 || server.IsReplica || seconds == 0 || server.History.Log == null || (server.Loop.NowMs - _noneSinceMs) / 1000 <= seconds) return;
        server.History.Rename(server.History.Identity.Renamed(ReplicationHistory.NewId()));
        server.History.DropLog();
        server.HeedEffects();
        ServingLog.BacklogFreed(server.Logger, seconds);
    }
}
