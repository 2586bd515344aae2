using Keyway.Protocol;

namespace Keyway.Shard.Persistence;

/// <summary>One client's side of the <see cref="ReplyGate"/>: a reference until its replies have to wait.</summary>
internal struct GatedReplies
{
    private HeldReplies? _held;

    /// <summary>What stands in the reply from there on tells of a write that may not be safe yet.</summary>
    public void NoteWrite(ReplyGate gate, ReplyBuffer reply, long from)
    {
        if (reply.Length > from) (_held ??= new HeldReplies()).NoteWrite(reply, from, gate.Offset);
    }

    /// <summary>How many bytes of the client's reply may leave; the rest waits.</summary>
    /// <returns>False when there is too much of it to be told that the disk has refused: the client has to go.</returns>
    public bool TryPass(ReplyGate gate, ClientSession client, out long allowed)
    {
        allowed = client.Reply.Length;
        if (allowed == 0 || (!gate.IsClosed && _held is not { IsIdle: false })) return true;

        _held ??= new HeldReplies();
        if (gate.IsClosed)
        {
            _held.Hold(client.Reply, gate.Offset);
            StandAgain(gate, client);
            allowed = _held.Allowed;
            return true;
        }

        // It stands open because all is safe, or because the disk has refused meanwhile.
        bool isDone = true;
        if (gate.Error is not { } error) _held.Release(long.MaxValue);
        else isDone = _held.TryFail(client.Reply, error);
        allowed = isDone ? client.Reply.Length : 0;
        return isDone;
    }

    /// <summary>So many bytes have left.</summary>
    public readonly void Sent(int bytes) => _held?.Sent(bytes);

    /// <summary>The gate, which has taken the client off its list, says that all before this offset of the journal is safe.</summary>
    public readonly void Release(long offset)
    {
        _held!.IsListed = false;
        _held.Release(offset);
    }

    /// <summary>The gate, which has taken the client off its list, says that what was written last may be lost.</summary>
    public readonly bool TryFail(ReplyBuffer reply, ReadOnlySpan<byte> error)
    {
        _held!.IsListed = false;
        return _held.TryFail(reply, error);
    }

    /// <summary>If something waits, the gate knows of the client.</summary>
    public readonly void StandAgain(ReplyGate gate, ClientSession client)
    {
        if (_held!.IsEmpty || _held.IsListed) return;
        _held.IsListed = true;
        gate.Add(client);
    }

    public readonly void Clear() => _held?.Clear();
}
