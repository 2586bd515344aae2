namespace Keyway.Benchmarks.Checks.Tagged;

/// <summary>What tags look like.</summary>
internal static class TagBytes
{
    /// <summary>A key of ours: the shard's rule, the kind, the client and its request's number, such as "a:tag:17:90210".</summary>
    public static bool IsTag(ReadOnlySpan<byte> key)
    {
        if (key.Length < 8 || !(key.StartsWith("a:"u8) || key.StartsWith("b:"u8))) return false;
        int kind = key[2..].IndexOf((byte)':');
        return kind > 0 && key[(kind + 3)..].IndexOfAnyExcept("0123456789:"u8) < 0;
    }

    public static byte[] Repeat(ReadOnlySpan<byte> key, int length)
    {
        byte[] bytes = new byte[length];
        for (int at = 0; at < length; at += key.Length) key[..Math.Min(key.Length, length - at)].CopyTo(bytes.AsSpan(at));
        return bytes;
    }
}
