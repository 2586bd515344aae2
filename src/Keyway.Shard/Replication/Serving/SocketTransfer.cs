using System.Security.Cryptography;
using System.Text;
using Keyway.Platform;
using Keyway.Shard.Persistence;

namespace Keyway.Shard.Replication.Serving;

/// <summary>
/// A snapshot that goes to replicas as it is made: one set of segments for all of them, each being read by all. Its length is not known, so a mark tells
/// its end. The walk waits for the slowest of them; who stands still for too long is dropped (repl-timeout).
/// <code>
/// $EOF:(forty characters)\r\n   …the snapshot…   (the same forty characters)
/// </code>
/// </summary>
internal sealed class SocketTransfer : ISnapshotTarget
{
    private const int MarkLength = 40;
    private const long MostWaiting = 4 * 1024 * 1024;

    private readonly ShardServer _server;
    private readonly ReplicationLog _bytes = new(end: 0, backlogBytes: 0);
    private readonly byte[] _mark = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(MarkLength / 2)));
    private readonly List<SocketPayload> _members = [];
    private bool _isComplete;
    private bool _isOver;

    public SocketTransfer(ShardServer server)
    {
        _server = server;
        _bytes.Append("$EOF:"u8);
        _bytes.Append(_mark);
        _bytes.Append("\r\n"u8);
    }

    public bool IsFull => _bytes.Length >= MostWaiting;

    public int Members => _members.Count;

    public void Add(Replica replica)
    {
        var payload = new SocketPayload(this, replica, _bytes.AddReader(1));
        _members.Add(payload);
        replica.Payload = payload;
        replica.ProgressMs = _server.Loop.NowMs;
    }

    public void Write(ReadOnlySpan<byte> rdbBytes)
    {
        if (_isOver) return;
        _bytes.Append(rdbBytes);
        SendSoon();
    }

    public void Completed()
    {
        if (_isOver) return;
        _isComplete = true;
        _bytes.Append(_mark);
        ServingLog.TransferRead(_server.Logger, _members.Count);
        ServingLog.TransferDone(_server.Logger);
        SendSoon();
    }

    public void Failed(string reason)
    {
        if (_isOver) return;
        _isOver = true;
        ServingLog.TransferFailed(_server.Logger);
        foreach (SocketPayload member in _members.ToArray())
        {
            ServingLog.SnapshotFailed(_server.Logger);
            member.Replica.Client.CloseSoon();
        }
    }

    /// <summary>This one has all, or is gone; what only it lacked goes.</summary>
    private void Remove(SocketPayload member)
    {
        if (!_members.Remove(member)) return;
        member.Reader.Close();
        if (_members.Count > 0 || _isComplete || _isOver)
        {
            ResumeWalk();
            return;
        }

        _isOver = true;
        ServingLog.TransferAbandoned(_server.Logger);
        _server.Snapshots.Abandon("the last replica that wanted it has left");
    }

    private void OnAdvanced(SocketPayload member)
    {
        if (_isComplete && member.Reader.Lag == 0) _server.Syncs.OnStreamed(member.Replica);
        ResumeWalk();
    }

    private void ResumeWalk()
    {
        if (!_isComplete && !_isOver && !IsFull) _server.Snapshots.Resume();
    }

    private void SendSoon()
    {
        foreach (SocketPayload member in _members) _server.Loop.FlushLater(member.Replica.Client, FlushPhase.Replies);
    }

    private sealed class SocketPayload(SocketTransfer transfer, Replica replica, LogReader reader) : ReplicaPayload
    {
        public readonly Replica Replica = replica;
        public readonly LogReader Reader = reader;

        public override ReadOnlySpan<byte> Next => Reader.Next;

        public override void Advance(int bytes)
        {
            Reader.Advance(bytes);
            transfer.OnAdvanced(this);
        }

        public override void Close() => transfer.Remove(this);
    }
}
