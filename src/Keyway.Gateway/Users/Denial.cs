using System.Text;

namespace Keyway.Gateway.Users;

/// <summary>Why a user may not do something, and what it was about: the command's name, the key or the channel.</summary>
internal readonly record struct Denial(DenialReason Reason, byte[] Object)
{
    public bool IsNone => Reason == DenialReason.None;

    /// <summary>In the words of a Redis 7.0.</summary>
    public string Error => Reason switch
    {
        DenialReason.Command => $"NOPERM this user has no permissions to run the '{Encoding.ASCII.GetString(Object)}' command",
        DenialReason.Key => "NOPERM this user has no permissions to access one of the keys used as arguments",
        DenialReason.Channel => "NOPERM this user has no permissions to access one of the channels used as arguments",
        DenialReason.SortBy => "ERR BY option of SORT denied due to insufficient ACL permissions.",
        DenialReason.SortGet => "ERR GET option of SORT denied due to insufficient ACL permissions.",
        _ => throw new InvalidOperationException("Nothing was denied."),
    };
}
