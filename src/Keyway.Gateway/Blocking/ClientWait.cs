using Keyway.Gateway.Links;
using Keyway.Gateway.Sessions;

namespace Keyway.Gateway.Blocking;

/// <summary>
/// What a client waits for that may take any time: a blocking command, or WAIT. Redis runs nothing of a client that is blocked, so its later requests wait
/// here too, unread. When the client leaves, the links on which shards hold its request end, and so nothing is taken out of a list for nobody.
/// </summary>
internal abstract class ClientWait(ClientSession session)
{
    public ClientSession Session { get; } = session;

    /// <summary>The client has gone.</summary>
    public abstract void Abandon();

    /// <summary>CLIENT UNBLOCK: the client gets what it would get when its time is over, or an error.</summary>
    public abstract void End(bool asError);

    /// <summary>A reload gives some of the request's keys to another shard, where nobody would serve it.</summary>
    public abstract void EndIfMoved();

    /// <summary>All that was asked on the link has been answered. It goes back to the pool.</summary>
    public abstract void OnAnswered(PrivateLink link);

    /// <summary>The link has ended, and its requests have their errors.</summary>
    public abstract void OnLinkEnded(PrivateLink link);

    /// <summary>A server refused the request without running it. False: the client reads the reply.</summary>
    public virtual bool TryTakeRefused(PrivateLink link, in InFlight request, ReadOnlySpan<byte> reply) => false;

    /// <summary>The link has ended before the request left it in full, so it did not run. False: the client reads why.</summary>
    public virtual bool TryTakeBack(in InFlight request, ShardFailure failure) => false;
}
