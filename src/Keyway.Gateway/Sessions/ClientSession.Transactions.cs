using Keyway.Gateway.Links;
using Keyway.Gateway.Transactions;

namespace Keyway.Gateway.Sessions;

/// <summary>What a client has begun by MULTI and WATCH.</summary>
internal sealed partial class ClientSession
{
    /// <summary>What it has queued since MULTI; null outside of a transaction.</summary>
    public Transaction? Transaction { get; private set; }

    /// <summary>What it watches; null while it watches nothing.</summary>
    public WatchedKeys? Watch { get; private set; }

    public void BeginTransaction()
    {
        Transaction = new Transaction(Loop.Buffers, Pool);
        State.Set(SessionModes.Queueing, true);
    }

    /// <summary>It has been sent or dropped.</summary>
    public void EndTransaction()
    {
        Transaction?.Free();
        Transaction = null;
        State.Set(SessionModes.Queueing, false);
    }

    public void BeginWatch(WatchedKeys watch) => Watch = watch;

    /// <summary>Nothing is watched any more.</summary>
    /// <param name="unwatches">No EXEC tells the shard.</param>
    /// <param name="selects">A transaction may have exchanged the link's database.</param>
    public void EndWatch(bool unwatches = true, bool selects = false)
    {
        if (Watch is not { } watch) return;
        Watch = null;
        LetGo(watch.Link, unwatches, selects);
    }

    /// <summary>A link of this client's own is needed no more. What the client asks next goes elsewhere once all on it has been answered.</summary>
    public void LetGo(PinnedLink link, bool unwatches, bool selects)
    {
        ref LinkUse use = ref UseOf(link.Backend);
        if (use.Link == link) use.Link = null;
        link.Release(unwatches, selects);
    }

    /// <summary>The client goes on as if there had been no MULTI and no WATCH, or leaves.</summary>
    public void LeaveTransaction()
    {
        EndTransaction();
        if (_closed) Watch?.Link.End("its client left", FailureKind.Retired);
        else EndWatch();
        Watch = null;
    }
}
