using Keyway.Gateway.Blocking;
using Keyway.Gateway.Links;
using Keyway.Platform;

namespace Keyway.Gateway.Sessions;

/// <summary>A client that waits for something that may take any time: it runs nothing else, and its leaving is noticed all the same.</summary>
internal sealed partial class ClientSession
{
    /// <summary>What it waits for; null while its requests go on as they come.</summary>
    public ClientWait? Wait { get; private set; }

    public void BeginWait(ClientWait wait)
    {
        Wait = wait;
        Pool.Counters.BlockedClients++;
        State.Set(SessionModes.Waiting, true);
    }

    /// <summary>It has its answer: what it has asked behind that is looked at in this turn.</summary>
    public void EndWait()
    {
        if (Wait is null) return;
        Wait = null;
        Pool.Counters.BlockedClients--;
        State.Set(SessionModes.Waiting, false);
        Unblock(BlockReason.Wait);
    }

    /// <summary>CLIENT UNBLOCK, on this client's own loop.</summary>
    /// <returns>False when it waits for nothing.</returns>
    public bool TryEndWait(bool asError)
    {
        if (Wait is not { } wait || _closed) return false;
        wait.End(asError);
        return true;
    }

    /// <summary>
    /// Its newest request, which it waits for and which provably did not run, stands before what has come since and is looked at anew. False: it is closing,
    /// or another request has been taken meanwhile.
    /// </summary>
    /// <param name="atOnce">Otherwise with the next tick.</param>
    public bool TryTakeBack(ShardBackend backend, uint sequence, ReadOnlySpan<byte> request, bool atOnce)
    {
        if (_closed || _closing || sequence != NextSequence - 1) return false;
        _queue.RemoveLast();
        UseOf(backend).InFlight--;

        // What is half received is read from its beginning again: it stands elsewhere now.
        ReturnReader();
        byte[] behind = _pending.AsSpan(_pendingStart, _pendingEnd - _pendingStart).ToArray();
        FreePending();
        KeepPending(request);
        if (behind.Length > 0) KeepPending(behind);
        _blocked = atOnce ? BlockReason.Wait : BlockReason.Hold;
        if (!atOnce) Loop.WaitForTick(this);
        return true;
    }

    /// <summary>
    /// The peer has ended its side while its requests lie unread behind one that waits. Redis reads on, and closes a client that ends its side, blocked or not:
    /// what would be taken out of a list for it would be lost.
    /// </summary>
    public override void OnHangUp()
    {
        if (Wait is not null) LeaveWait();
    }

    private void AbandonWait()
    {
        if (Wait is null) return;
        Wait.Abandon();
        Wait = null;
        Pool.Counters.BlockedClients--;
    }

    // What it has been answered so far still leaves.
    private void LeaveWait()
    {
        _flushDeferred = true;
        Flush();
        _closing = true;
        Connection.Close();
    }
}
