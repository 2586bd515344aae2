namespace Keyway.Gateway.Sessions;

/// <summary>How far the reply to one request is.</summary>
internal enum ReplyState : byte
{
    /// <summary>A shard owes it.</summary>
    Waiting,

    /// <summary>It is large, and a part of it has come.</summary>
    Arriving,

    /// <summary>It is complete and waits for the replies before it.</summary>
    Ready,
}

/// <summary>One request of a client whose reply has not been given to the client yet.</summary>
internal struct PendingReply
{
    /// <summary>An <see cref="AwaitedReply"/> for one that is put together, or a ReplyBuffer with what has come of a large reply before its turn.</summary>
    public object? Held;

    /// <summary>Where the complete reply lies in the queue's stash.</summary>
    public int Offset;

    public int Length;

    public ReplyState State;
}
