using System.Globalization;

namespace Keyway.Gateway.Users;

/// <summary>What was refused, how often, to whom and when last. Immutable: other loops read it.</summary>
internal sealed record DenialEntry(long Count, DenialReason Reason, bool InTransaction, string What, string User, string Client, long AtMs)
{
    public string ReasonText => Reason switch
    {
        DenialReason.Command => "command",
        DenialReason.Key => "key",
        DenialReason.Channel => "channel",
        _ => "auth",
    };

    public string AgeSeconds(long nowMs) => ((nowMs - AtMs) / 1000.0).ToString("0.###", CultureInfo.InvariantCulture);
}
