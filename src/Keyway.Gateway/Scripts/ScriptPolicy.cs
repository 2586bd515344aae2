using Keyway.Gateway.Links;
using Keyway.Protocol;

namespace Keyway.Gateway.Scripts;

/// <summary>
/// A script that a shard lacks and the gateway remembers is loaded there, and its request goes again behind that; everything else is for the shard's own
/// policy. A script that nobody remembers is the client's to send: it reads NOSCRIPT.
/// </summary>
internal sealed class ScriptPolicy(IRefusalPolicy policy, ScriptLibrary scripts) : IRefusalPolicy
{
    private readonly RequestReader _reader = new();

    public bool GoesAgain(ShardLink link, RefusalCode code, ReadOnlySpan<byte> reply) =>
        code == RefusalCode.NoScript ? !scripts.IsEmpty : policy.GoesAgain(link, code, reply);

    public Successor FindSuccessor(LinkKey key, HeldRequest request)
    {
        if (request.Code != RefusalCode.NoScript) return policy.FindSuccessor(key, request);
        if (Find(request.Bytes, out ScriptHash hash) is not { } script) return Successor.OwnWords;

        Successor next = policy.FindSuccessor(key, request);
        if (next.Link is null) return next;
        scripts.NoteNeeded(hash);
        return Successor.Again(next.Link, script.Load);
    }

    public int OrderOf(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => policy.OrderOf(first, second);

    // EVALSHA sha1 numkeys …
    private RememberedScript? Find(byte[] request, out ScriptHash hash)
    {
        hash = default;
        _reader.Reset();
        if (_reader.Read(request) != RequestStatus.Complete) return null;
        Arguments arguments = _reader.Arguments(request);
        return arguments.Count > 1 && ScriptHash.TryParse(arguments[1], out hash) ? scripts.Find(arguments[1]) : null;
    }
}
