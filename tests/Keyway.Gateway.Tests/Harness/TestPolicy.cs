using Keyway.Gateway.Links;

namespace Keyway.Gateway.Tests.Harness;

/// <summary>
/// Takes every refusal for one that has a successor, and names as the successor a link to the same shard, once the test says that it is there.
/// </summary>
internal sealed class TestPolicy(ShardBackend backend) : IRefusalPolicy
{
    /// <summary>Set: there is a successor.</summary>
    public bool IsReady { get; set; }

    /// <summary>Goes before each request that is sent again.</summary>
    public byte[] Prelude { get; set; } = [];

    /// <summary>Set: which of the server's refusals the client is to read after all.</summary>
    public RefusalCode OwnWords { get; set; }

    public List<RefusalCode> Heard { get; } = [];

    public bool GoesAgain(ShardLink link, RefusalCode code, ReadOnlySpan<byte> reply)
    {
        Heard.Add(code);
        return true;
    }

    public Successor FindSuccessor(LinkKey key, HeldRequest request)
    {
        if (OwnWords != RefusalCode.None && request.Code == OwnWords) return Successor.OwnWords;
        if (!IsReady || backend.Breaker is not null) return Successor.Wait;
        SharedLink? link = backend.FindShared(key, request.Bytes.Length, out ShardFailure? failure);
        if (link is null) return failure is null ? Successor.Wait : Successor.Never(failure);
        return Prelude.Length == 0 ? Successor.Again(link) : Successor.Again(link, Prelude);
    }
}
