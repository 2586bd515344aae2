using System.Diagnostics;
using Keyway.Shard.Blocking;

namespace Keyway.Shard.Replication.Serving;

/// <summary>Clients that wait until so many replicas have what they wrote (WAIT).</summary>
internal sealed class AckWaits(ShardServer server)
{
    private static readonly byte[] GetAck = "*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n"u8.ToArray();

    private readonly LinkedList<BlockedRequest> _waiting = new();
    private bool _mustAsk;

    public void Add(BlockedRequest request)
    {
        // The latest first, as Redis answers them.
        _waiting.AddFirst(request);
        AskForAcks();
    }

    public void Remove(BlockedRequest request) => _waiting.Remove(request);

    /// <summary>Has the replicas say how far they are, once for all that ask in this turn.</summary>
    public void AskForAcks()
    {
        _mustAsk = true;
        server.Feed.Ask();
    }

    /// <summary>At the end of a turn: answers who has waited long enough, and asks the replicas for those that came.</summary>
    public void Serve()
    {
        LinkedListNode<BlockedRequest>? next;
        for (LinkedListNode<BlockedRequest>? node = _waiting.First; node != null; node = next)
        {
            next = node.Next;
            var target = (AckTarget)node.Value.State!;
            if (server.Replicas.CountAcked(target.Offset) >= target.Replicas) server.Blocked.Release(node.Value, withError: false);
        }

        // The command would be a write: while those are put off, replicas say by themselves how far they are.
        if (!_mustAsk || server.Pause.IsOn) return;
        _mustAsk = false;
        if (server.Replicas.Count > 0 && !server.IsReplica) server.History.Append(GetAck);
    }
}
