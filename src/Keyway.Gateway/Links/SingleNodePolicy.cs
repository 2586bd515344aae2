namespace Keyway.Gateway.Links;

/// <summary>
/// A shard of one node: nobody can take its place, so what it refuses for good (READONLY, MASTERDOWN, MOVED and their kin) its clients hear in
/// its own words. LOADING passes, and means two things. The node serves nobody until it has its data, as if it refused connections: its
/// breaker opens, new requests are refused at once, and a probe finds the end. And what it refused until then can wait for that end: those
/// requests had their place in their clients' order before anybody knew, and a restart with a small dump is then seen by no client at all. A
/// client's new requests, refused meanwhile, overtake nothing, since they do not run.
/// </summary>
internal sealed class SingleNodePolicy(LoneBackend backend) : IRefusalPolicy
{
    public bool GoesAgain(ShardLink link, RefusalCode code, ReadOnlySpan<byte> reply)
    {
        if (code != RefusalCode.Loading) return false;
        backend.OnLoading(reply);
        return true;
    }

    public Successor FindSuccessor(LinkKey key, HeldRequest request)
    {
        if (backend.Breaker is not null) return Successor.Wait;
        SharedLink? link = backend.FindShared(key, request.Bytes.Length, out ShardFailure? failure);
        if (link is not null) return Successor.Again(link);
        return failure is null ? Successor.Wait : Successor.Never(failure);
    }
}
