namespace Keyway.Topology;

/// <summary>
/// The number that a number rule reads from a key: the decimal digits directly after the prefix, or after one '{' that stands there,
/// up to the end or the first byte that is not a digit. The brace only opens: <c>user:{12}:x</c>, <c>user:{12x}</c> and <c>user:{12</c>
/// are all 12, because the rule looks no further than the digits. <c>user:{}</c>, <c>user:-1</c> and <c>user:</c> have no number.
/// </summary>
internal static class KeyNumber
{
    /// <summary>The most digits that always fit a ulong together with any digit more.</summary>
    public const int FastDigits = 18;

    /// <param name="rest">The key after the rule's prefix.</param>
    /// <param name="digits">The digits without leading zeros; empty for zero.</param>
    /// <returns>False when there is no digit.</returns>
    public static bool TryRead(ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> digits)
    {
        int start = rest.Length > 0 && rest[0] == (byte)'{' ? 1 : 0;

        int first = start;
        while (first < rest.Length && rest[first] == (byte)'0') first++;

        int end = first;
        while (end < rest.Length && (uint)(rest[end] - '0') <= 9) end++;

        digits = rest[first..end];
        return end > start;
    }

    /// <summary>The value of at most <see cref="FastDigits"/> digits.</summary>
    public static ulong Value(ReadOnlySpan<byte> digits)
    {
        ulong value = 0;
        foreach (byte digit in digits) value = value * 10 + (ulong)(digit - '0');
        return value;
    }

    /// <summary>Orders numbers of any length, given as digits without leading zeros.</summary>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        left.Length != right.Length ? left.Length.CompareTo(right.Length) : left.SequenceCompareTo(right);

    /// <summary>A bound as it stands in the map ("0" for zero) as digits without leading zeros (none for zero).</summary>
    public static byte[] Digits(string bound) => System.Text.Encoding.ASCII.GetBytes(bound.TrimStart('0'));
}
