namespace Keyway.Shard.Blocking;

/// <summary>A blocked request's place in the queue of one of its keys.</summary>
internal sealed class Waiter(BlockedRequest request, WaitQueue queue)
{
    public readonly BlockedRequest Request = request;
    public readonly WaitQueue Queue = queue;
    public Waiter? Next, Previous;
}
