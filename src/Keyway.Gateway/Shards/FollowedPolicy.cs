using Keyway.Gateway.Links;

namespace Keyway.Gateway.Shards;

/// <summary>
/// A shard whose servers take over from one another. READONLY, LOADING and MASTERDOWN say that the wrong one was asked: whoever is the master is
/// looked for at once, and gets the request.
/// </summary>
internal sealed class FollowedPolicy(FollowedBackend backend) : IRefusalPolicy
{
    public bool GoesAgain(ShardLink link, RefusalCode code, ReadOnlySpan<byte> reply)
    {
        if (code is not (RefusalCode.ReadOnly or RefusalCode.Loading or RefusalCode.MasterDown)) return false;
        backend.OnRefusal(link, code, reply);
        return true;
    }

    public Successor FindSuccessor(LinkKey key, HeldRequest request)
    {
        if (backend.Breaker is not null) return Successor.Wait;
        SharedLink? link = backend.FindShared(key, request.Bytes.Length, out ShardFailure? failure);
        if (link is not null) return Successor.Again(link);
        return failure is null || backend.Breaker is not null ? Successor.Wait : Successor.Never(failure);
    }
}
