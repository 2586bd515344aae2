using Keyway.Protocol;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Commands;

/// <summary>A string value as text, whichever way it is kept.</summary>
internal static class StringText
{
    /// <param name="entry">Holds a string.</param>
    /// <param name="digits">At least <see cref="RespNumber.MaxLongLength"/> bytes, which the result may lie in.</param>
    public static ReadOnlySpan<byte> Of(Entry entry, Span<byte> digits) =>
        entry.Encoding == ValueEncoding.Integer ? digits[..RespNumber.FormatLong(digits, entry.Integer)] : entry.Bytes;

    public static int LengthOf(Entry entry)
    {
        if (entry.Encoding != ValueEncoding.Integer) return entry.ValueLength;
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        return RespNumber.FormatLong(digits, entry.Integer);
    }
}
