namespace Keyway.Protocol;

/// <summary>How far a reply has come.</summary>
public enum ReplyStatus : byte
{
    /// <summary>The reply is whole.</summary>
    Complete,

    /// <summary>All bytes so far belong to the reply, and more must come.</summary>
    Incomplete,

    /// <summary>This is not RESP: nothing that follows on this connection can be trusted.</summary>
    Error,
}
