using Keyway.Gateway.Links;

namespace Keyway.Gateway.Sessions;

/// <summary>Which link a client uses to a shard, and how many of its requests are in flight there: while there are any, it uses no other.</summary>
internal struct LinkUse
{
    /// <summary>The shared link it used last.</summary>
    public SharedLink? Link;

    /// <summary>Requests whose replies the client waits for, those in <see cref="Held"/> included.</summary>
    public int InFlight;

    /// <summary>Of a cluster: which state of its slots the client's requests in flight were sent by.</summary>
    public int Version;

    /// <summary>What is in flight is not on <see cref="Link"/> (alone), but on a private link.</summary>
    public bool OnPrivate;

    /// <summary>The client has sent it something that may change data: what WAIT is about.</summary>
    public bool HasWritten;

    /// <summary>Its requests that the shard refused and that will be sent again; null nearly always. While there are any it has no link.</summary>
    public HeldRequests? Held;
}
