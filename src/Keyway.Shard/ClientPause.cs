using Keyway.Platform;
using Keyway.Protocol.Commands;

namespace Keyway.Shard;

/// <summary>
/// CLIENT PAUSE and the like: for a while requests (or only those that may write) are put off, and nothing expires and nothing is evicted, so that the
/// data stands still. When the time is over the clients go on in the order in which they came.
/// </summary>
internal sealed class ClientPause(ShardServer server)
{
    private static readonly Command Exec = CommandTable.Find("exec"u8)!;

    private readonly LinkedList<PostponedRequest> _postponed = new();
    private readonly (long EndMs, bool HoldsAll)[] _byPurpose = new (long, bool)[Enum.GetValues<PausePurpose>().Length];
    private LoopTimer? _timer;
    private bool _holdsAll;

    public bool IsOn { get; private set; }

    public int PostponedCount => _postponed.Count;

    /// <summary>A pause within another of the same purpose makes it longer or stricter, never shorter or milder.</summary>
    /// <param name="purpose">Who must end it, if it is not to end by itself.</param>
    /// <param name="durationMs">From now on; 0 changes nothing.</param>
    /// <param name="holdsAll">Reads too.</param>
    /// <param name="isInTransaction">What the transaction still does belongs to before the pause.</param>
    public void Begin(PausePurpose purpose, long durationMs, bool holdsAll, bool isInTransaction)
    {
        // As far as the end of time: Redis's clock overflows then, and no client is paused.
        if (durationMs == 0 || (purpose == PausePurpose.Client && durationMs > long.MaxValue - server.Databases.NowMs)) return;

        ref (long EndMs, bool HoldsAll) pause = ref _byPurpose[(int)purpose];
        long endMs = durationMs > long.MaxValue - server.Loop.NowMs ? long.MaxValue : server.Loop.NowMs + durationMs;
        pause = (Math.Max(pause.EndMs, endMs), pause.HoldsAll | holdsAll);
        Look();
        if (!isInTransaction) server.Databases.KeepsDead = true;
    }

    public void End(PausePurpose purpose)
    {
        _byPurpose[(int)purpose] = default;
        Look();
    }

    /// <summary>Whether the pause puts this command off.</summary>
    public bool Holds(ClientSession client, Command command)
    {
        server.Databases.KeepsDead = true;
        if (client.IsMonitor || client.IsReplica) return false;
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

    /// <summary>What the pauses that are left come to.</summary>
    private void Look()
    {
        long endMs = 0;
        bool wasOn = IsOn;
        _holdsAll = false;
        foreach (ref (long EndMs, bool HoldsAll) pause in _byPurpose.AsSpan())
        {
            if (pause.EndMs <= server.Loop.NowMs) pause = default;
            endMs = Math.Max(endMs, pause.EndMs);
            _holdsAll |= pause.HoldsAll;
        }

        _timer?.Cancel();
        _timer = endMs is 0 or long.MaxValue ? null : server.Loop.Schedule(endMs - server.Loop.NowMs, Look);
        IsOn = endMs != 0;
        if (wasOn && !IsOn) Release();
    }

    private void Release()
    {
        server.Databases.KeepsDead = false;
        while (_postponed.First is { } node)
        {
            _postponed.Remove(node);
            node.Value.Client.EndPostponement();
        }
    }
}
