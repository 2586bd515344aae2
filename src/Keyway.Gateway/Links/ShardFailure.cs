using System.Text;

namespace Keyway.Gateway.Links;

/// <summary>What is known of a request that got no reply: which shard, why, and whether it may have run there.</summary>
/// <param name="Verbatim">An error of the shard's own that the client should see as it is.</param>
internal sealed record ShardFailure(ShardBackend Backend, string Reason, FailureKind Kind, string? Verbatim = null, bool MayHaveRun = false)
{
    /// <summary>What is the matter with the shard, in the middle of a sentence.</summary>
    public string State { get; init; } = Kind == FailureKind.Loading ? "is loading its data" : "has no master";

    private string Shard => Backend.Definition.Name;

    /// <summary>The error for a command that lives on this shard alone, without '-' and line end.</summary>
    public byte[] ForWholeCommand() => Encoding.UTF8.GetBytes(
        MayHaveRun ? $"UNCERTAIN shard '{Shard}' gave no reply ({Reason}); may have been executed"
        : Verbatim ?? $"TRYAGAIN shard '{Shard}' {State} ({Reason}); not executed");

    /// <summary>The error for a command of which other parts ran, or may have.</summary>
    public byte[] ForPart(bool writes) => Encoding.UTF8.GetBytes(
        Verbatim is not null ? Qualify(Shard, Verbatim, writes)
        : MayHaveRun ? $"UNCERTAIN shard '{Shard}' gave no reply ({Reason}); {(writes ? "other keys may have been written" : "may have been executed")}"
        : writes ? $"UNCERTAIN shard '{Shard}' {State} ({Reason}); other keys may have been written"
        : $"TRYAGAIN shard '{Shard}' {State} ({Reason}); not executed");

    /// <summary>A shard's own error to one part of a command: its code stays in front, so that clients know it.</summary>
    public static byte[] ForErrorReply(string shard, ReadOnlySpan<byte> errorText, bool writes)
    {
        string text = Encoding.UTF8.GetString(errorText);
        return Encoding.UTF8.GetBytes(Qualify(shard, text, writes));
    }

    private static string Qualify(string shard, string text, bool writes)
    {
        int space = text.IndexOf(' ');
        string code = space < 0 ? text : text[..space];
        string rest = space < 0 ? "" : text[(space + 1)..];
        return $"{code} shard '{shard}': {rest}{(writes ? "; other keys may have been written" : "")}";
    }
}
