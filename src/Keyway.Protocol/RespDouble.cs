using System.Globalization;

namespace Keyway.Protocol;

/// <summary>Floating point as the C library under Redis reads and prints it.</summary>
internal static class RespDouble
{
    private const int SignificantDigits = 17;
    private const double FirstWithExponent = 1e17;

    /// <summary>"%.17g": fixed notation for exponents from -4 to 16, trailing zeros dropped.</summary>
    public static int Format(Span<byte> target, double value)
    {
        if (double.IsNaN(value)) return Copy("nan"u8, target);
        if (double.IsInfinity(value)) return Copy(value > 0 ? "inf"u8 : "-inf"u8, target);
        if (value == 0) return Copy(double.IsNegative(value) ? "-0"u8 : "0"u8, target);
        if (Math.Abs(value) < FirstWithExponent && value == Math.Truncate(value)) return RespNumber.FormatLong(target, (long)value);

        // "-d.dddddddddddddddde-ddd": the digits and the exponent, correctly rounded, to be set out as %g does.
        Span<byte> scientific = stackalloc byte[RespNumber.MaxDoubleLength];
        value.TryFormat(scientific, out int length, "E16", CultureInfo.InvariantCulture);
        scientific = scientific[..length];

        int written = 0;
        if (scientific[0] == '-')
        {
            target[written++] = (byte)'-';
            scientific = scientific[1..];
        }

        Span<byte> digits = stackalloc byte[SignificantDigits];
        digits[0] = scientific[0];
        scientific.Slice(2, SignificantDigits - 1).CopyTo(digits[1..]);
        digits = digits.TrimEnd((byte)'0');

        int exponent = ReadExponent(scientific[(SignificantDigits + 1)..]);
        return written + (exponent is < -4 or >= SignificantDigits
            ? WriteScientific(target[written..], digits, exponent)
            : WriteFixed(target[written..], digits, exponent));
    }

    // "E+123", "E-005"
    private static int ReadExponent(ReadOnlySpan<byte> text)
    {
        int exponent = 0;
        foreach (byte b in text[2..]) exponent = exponent * 10 + (b - '0');
        return text[1] == '-' ? -exponent : exponent;
    }

    private static int WriteScientific(Span<byte> target, ReadOnlySpan<byte> digits, int exponent)
    {
        int written = 0;
        target[written++] = digits[0];
        if (digits.Length > 1)
        {
            target[written++] = (byte)'.';
            digits[1..].CopyTo(target[written..]);
            written += digits.Length - 1;
        }

        target[written++] = (byte)'e';
        target[written++] = exponent < 0 ? (byte)'-' : (byte)'+';
        exponent = Math.Abs(exponent);
        if (exponent < 10) target[written++] = (byte)'0';   // C prints two digits at least
        return written + RespNumber.FormatLong(target[written..], exponent);
    }

    private static int WriteFixed(Span<byte> target, ReadOnlySpan<byte> digits, int exponent)
    {
        int written = 0;
        if (exponent < 0)
        {
            // 0.00012: zeros stand before the first digit
            "0.0000"u8[..(1 - exponent)].CopyTo(target);
            written = 1 - exponent;
            digits.CopyTo(target[written..]);
            return written + digits.Length;
        }

        int whole = Math.Min(digits.Length, exponent + 1);
        digits[..whole].CopyTo(target);
        written = whole;
        while (written < exponent + 1) target[written++] = (byte)'0';
        if (whole == digits.Length) return written;

        target[written++] = (byte)'.';
        digits[whole..].CopyTo(target[written..]);
        return written + digits.Length - whole;
    }

    /// <summary>Decimal and hexadecimal numbers, "inf" and "infinity"; Redis itself refuses NaN and leading blanks.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value) => TryParse(text, takesAnySize: false, out value);

    /// <param name="text">All of it.</param>
    /// <param name="takesAnySize">What is too large becomes infinity, what is too small becomes zero; else there is no value for it.</param>
    /// <param name="value">The number.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, bool takesAnySize, out double value)
    {
        value = 0;
        if (text.IsEmpty) return false;

        bool negative = text[0] == '-';
        ReadOnlySpan<byte> unsigned = negative || text[0] == '+' ? text[1..] : text;
        if (IsWord(unsigned, "inf"u8) || IsWord(unsigned, "infinity"u8))
        {
            value = negative ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        bool hexadecimal = unsigned.Length > 2 && unsigned[0] == '0' && (unsigned[1] | 0x20) == 'x';
        bool parsed = hexadecimal ? HexDouble.TryParse(unsigned[2..], out value, out bool isZero) : TryParseDecimal(unsigned, out value, out isZero);
        bool isInRange = !double.IsInfinity(value) && (value != 0 || isZero);
        if (negative) value = -value;
        return parsed && (isInRange || takesAnySize);
    }

    private static bool TryParseDecimal(ReadOnlySpan<byte> text, out double value, out bool isZero)
    {
        value = 0;
        if (!IsDecimal(text, out isZero)) return false;

        // Never fails: the form is checked, and what is too large becomes infinity.
        return double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Digits with at most one point and, optionally, an exponent. .NET alone would also take trailing NULs.</summary>
    private static bool IsDecimal(ReadOnlySpan<byte> text, out bool isZero)
    {
        isZero = true;
        int position = 0;
        int digits = 0;
        bool point = false;
        for (; position < text.Length; position++)
        {
            byte b = text[position];
            if (b == '.' && !point)
            {
                point = true;
                continue;
            }

            if (b is < (byte)'0' or > (byte)'9') break;
            digits++;
            isZero &= b == '0';
        }

        if (digits == 0) return false;
        return position == text.Length || ((text[position] | 0x20) == 'e' && IsSignedInteger(text[(position + 1)..]));
    }

    internal static bool IsSignedInteger(ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty && (text[0] == '+' || text[0] == '-')) text = text[1..];
        return !text.IsEmpty && text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
    }

    private static bool IsWord(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lowerCase)
    {
        if (text.Length != lowerCase.Length) return false;
        for (int i = 0; i < text.Length; i++)
        {
            if ((text[i] | 0x20) != lowerCase[i]) return false;
        }

        return true;
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> target)
    {
        text.CopyTo(target);
        return text.Length;
    }
}
