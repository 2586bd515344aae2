using System.Buffers.Text;

namespace Keyway.Protocol;

/// <summary>Numbers as Redis reads and prints them. Nothing here allocates.</summary>
public static class RespNumber
{
    /// <summary>Room enough for every long.</summary>
    public const int MaxLongLength = 20;

    /// <summary>Room enough for every double.</summary>
    public const int MaxDoubleLength = 32;

    /// <summary>Only the form that Redis itself prints counts: no plus sign, no leading zero, no "-0", no blanks.</summary>
    public static bool TryParseLong(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.IsEmpty || text.Length > MaxLongLength) return false;

        bool negative = text[0] == '-';
        if (negative) text = text[1..];
        if (text.IsEmpty) return false;

        // "0" is the only number that begins with a zero.
        if (text[0] == '0') return text.Length == 1 && !negative;

        ulong magnitude = 0;
        foreach (byte b in text)
        {
            uint digit = (uint)(b - '0');
            if (digit > 9 || magnitude > (ulong.MaxValue - digit) / 10) return false;
            magnitude = magnitude * 10 + digit;
        }

        if (magnitude > (negative ? 1UL << 63 : long.MaxValue)) return false;
        value = negative ? (long)(0 - magnitude) : (long)magnitude;
        return true;
    }

    /// <returns>How many bytes were written.</returns>
    public static int FormatLong(Span<byte> target, long value)
    {
        if (!Utf8Formatter.TryFormat(value, target, out int written)) ThrowTooSmall();
        return written;
    }

    /// <summary>What C's strtod takes whole, except NaN and what overflows to infinity or underflows to zero.</summary>
    public static bool TryParseDouble(ReadOnlySpan<byte> text, out double value) => RespDouble.TryParse(text, out value);

    /// <summary>What C's strtod takes whole, except NaN: beyond a double's range it is infinity or zero.</summary>
    public static bool TryParseDoubleOfAnySize(ReadOnlySpan<byte> text, out double value) => RespDouble.TryParse(text, takesAnySize: true, out value);

    /// <summary>Seventeen significant digits as C's "%.17g" prints them, so 3.1 is 3.1000000000000001, as Redis 7.0 has it.</summary>
    /// <returns>How many bytes were written.</returns>
    public static int FormatDouble(Span<byte> target, double value)
    {
        if (target.Length < MaxDoubleLength) ThrowTooSmall();
        return RespDouble.Format(target, value);
    }

    private static void ThrowTooSmall() => throw new ArgumentException("The target is too small for the number.");
}
