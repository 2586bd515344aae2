using Keyway.Platform;
using Keyway.Protocol.Commands;

namespace Keyway.Shard;

/// <summary>
/// CLIENT PAUSE: for a while requests (or only those that may write) are put off, and nothing expires and nothing is evicted, so that the data stands
/// still. When the time is over the clients go on in the order in which they came.
/// </summary>
internal sealed class ClientPause(ShardServer server)
{
    private static readonly Command Exec = CommandTable.Find("exec"u8)!;

    private readonly LinkedList<PostponedRequest> _postponed = new();
    private LoopTimer? _timer;
    private long _endMs;
    private bool _holdsAll;

    public bool IsOn => _timer != null;

    public int PostponedCount => _postponed.Count;

    /// <summary>A pause within another makes it longer or stricter, never shorter or milder.</summary>
    /// <param name="durationMs">From now on; 0 changes nothing.</param>
    /// <param name="holdsAll">Reads too.</param>
    /// <param name="isInTransaction">What the transaction still does belongs to before the pause.</param>
    public void Begin(long durationMs, bool holdsAll, bool isInTransaction)
    {
        // As far as the end of time: Redis's clock overflows then, and nothing is paused.
        if (durationMs == 0 || durationMs > long.MaxValue - server.Databases.NowMs) return;

        _endMs = Math.Max(_endMs, server.Loop.NowMs + durationMs);
        _holdsAll |= holdsAll;
        _timer?.Cancel();
        _timer = server.Loop.Schedule(_endMs - server.Loop.NowMs, End);
        if (!isInTransaction) server.Databases.KeepsDead = true;
    }

    public void End()
    {
        _timer?.Cancel();
        _timer = null;
        _endMs = 0;
        _holdsAll = false;
        server.Databases.KeepsDead = false;
        while (_postponed.First is { } node)
        {
            _postponed.Remove(node);
            node.Value.Client.EndPostponement();
        }
    }

    /// <summary>Whether the pause puts this command off.</summary>
    public bool Holds(ClientSession client, Command command)
    {
        server.Databases.KeepsDead = true;
        if (client.IsMonitor) return false;
        if (_holdsAll) return true;

        CommandFlags flags = command.Flags;
        if (command == Exec && client.IsInTransaction) flags |= client.Transaction!.Flags;
        return (flags & (CommandFlags.Write | CommandFlags.MayReplicate)) != 0;
    }

    public LinkedListNode<PostponedRequest> Postpone(PostponedRequest request) => _postponed.AddLast(request);

    public void Forget(LinkedListNode<PostponedRequest> postponed)
    {
        if (postponed.List != null) _postponed.Remove(postponed);
    }
}
