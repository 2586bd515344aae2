namespace Keyway.Gateway.Sessions;

/// <summary>
/// What sets a client apart from one whose requests simply go to their shards. With none of it a request takes the straight road; each costs only those
/// who use it. What concerns all clients of a loop is set on each of them, so that there is one thing to look at.
/// </summary>
[Flags]
internal enum SessionModes : byte
{
    None = 0,

    /// <summary>It has not said who it is: hardly anything runs.</summary>
    Unauthenticated = 1 << 0,
}
