namespace Keyway.Gateway.Subscriptions;

/// <summary>
/// The channels of keyspace events, "__keyspace@0__:key" and "__keyevent@0__:event". A cluster repeats every message on all of its servers but
/// these, which only the key's own server has.
/// </summary>
internal static class KeyspaceChannels
{
    public static bool Has(ReadOnlySpan<byte> channel) => channel.StartsWith("__keyspace@"u8) || channel.StartsWith("__keyevent@"u8);

    /// <summary>Whether a pattern can match one of them: up to its first special character it must not say otherwise.</summary>
    public static bool MayMatch(ReadOnlySpan<byte> pattern)
    {
        int special = pattern.IndexOfAny("*?[\\"u8);
        ReadOnlySpan<byte> fixedPart = special < 0 ? pattern : pattern[..special];
        return special < 0 ? Has(pattern) : AreCompatible(fixedPart, "__keyspace@"u8) || AreCompatible(fixedPart, "__keyevent@"u8);
    }

    private static bool AreCompatible(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => one.StartsWith(other) || other.StartsWith(one);
}
