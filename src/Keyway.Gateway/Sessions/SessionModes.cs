namespace Keyway.Gateway.Sessions;

/// <summary>
/// What sets a client apart from one whose requests simply go to their shards. With none of it a request takes the straight road; each costs only those
/// who use it. What concerns all clients of a loop is set on each of them, so that there is one thing to look at.
/// </summary>
[Flags]
internal enum SessionModes : ushort
{
    None = 0,

    /// <summary>It has not said who it is: hardly anything runs.</summary>
    Unauthenticated = 1 << 0,

    /// <summary>Its user may not do everything: each request is looked at.</summary>
    Restricted = 1 << 1,

    /// <summary>It does not want to hear some replies, or any.</summary>
    Muted = 1 << 2,

    /// <summary>All clients have been told to wait.</summary>
    Paused = 1 << 3,

    /// <summary>Somebody watches what all clients do.</summary>
    Observed = 1 << 4,

    /// <summary>It has said MULTI: what it sends is queued.</summary>
    Queueing = 1 << 5,

    /// <summary>A transaction of its own and the gateway's commands is under way: what these set holds for all that follows.</summary>
    Executing = 1 << 6,

    /// <summary>A command of it is blocked: its next ones wait.</summary>
    Waiting = 1 << 8,

    /// <summary>It listens to channels, or is about to.</summary>
    Subscribed = 1 << 9,
}
