namespace Keyway.Gateway.Sessions;

/// <summary>Why a client's next request is not taken yet. The client is not read meanwhile: it feels the back-pressure, nothing is queued.</summary>
internal enum BlockReason : byte
{
    None,

    /// <summary>Enough of its requests are in flight, or it has not taken its replies.</summary>
    Replies,

    /// <summary>A link has no room, or is set aside while requests of this client are still on it.</summary>
    Link,

    /// <summary>Its earlier requests to a shard must be answered before the next one may take another link.</summary>
    Order,

    /// <summary>Its large request comes faster than the shard takes it.</summary>
    Stream,

    /// <summary>The shard has no master, and may get one.</summary>
    Hold,

    /// <summary>A reload is moving the key that it asks for.</summary>
    Reload,

    /// <summary>All clients have been told to wait.</summary>
    Pause,

    /// <summary>It is blocked by its own command: nothing else of it runs.</summary>
    Wait,

    /// <summary>All that it asked before must have been answered.</summary>
    Drain,
}
