namespace Keyway.Protocol;

/// <summary>C's hexadecimal floating point, "1.8p3" behind its "0x". Redis takes it wherever it takes a double, so we do.</summary>
internal static class HexDouble
{
    private const int ExponentBound = 1_000_000;   // beyond any double, within any arithmetic here

    /// <param name="text">What follows "0x".</param>
    /// <param name="value">Infinity or zero for what no double can hold.</param>
    /// <param name="isZero">It is written as zero.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value, out bool isZero)
    {
        value = 0;
        isZero = false;
        ulong mantissa = 0;
        long exponent = 0;
        bool sticky = false;      // a one among the bits that found no room
        bool point = false;
        int digits = 0;
        int position = 0;
        for (; position < text.Length; position++)
        {
            byte b = text[position];
            if (b == '.' && !point)
            {
                point = true;
                continue;
            }

            if (!char.IsAsciiHexDigit((char)b)) break;
            digits++;
            uint digit = (uint)(b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10);
            if (mantissa >> 58 == 0)
            {
                mantissa = mantissa << 4 | digit;
                if (point) exponent -= 4;
            }
            else
            {
                sticky |= digit != 0;
                if (!point) exponent += 4;
            }
        }

        if (digits == 0) return false;
        if (position < text.Length && !TryReadExponent(text[position..], ref exponent)) return false;
        isZero = mantissa == 0;
        if (isZero) return true;

        // The sticky bit stands below every bit that can decide a rounding, so one rounding is made in all.
        value = Scale(mantissa << 1 | (sticky ? 1UL : 0), exponent - 1);
        return true;
    }

    // "p-3"
    private static bool TryReadExponent(ReadOnlySpan<byte> text, ref long exponent)
    {
        if ((text[0] | 0x20) != 'p' || !RespDouble.IsSignedInteger(text[1..])) return false;

        long written = 0;
        foreach (byte b in text[1..])
        {
            if (b is >= (byte)'0' and <= (byte)'9') written = Math.Min(written * 10 + (b - '0'), ExponentBound);
        }

        exponent += text[1] == '-' ? -written : written;
        return true;
    }

    /// <summary>mantissa * 2^exponent, rounded once to the nearest, ties to even; infinity when too large.</summary>
    private static double Scale(ulong mantissa, long exponent)
    {
        const int precision = 53;
        const int lowestExponent = -1074;   // of the last bit of a subnormal

        int bits = 64 - System.Numerics.BitOperations.LeadingZeroCount(mantissa);
        long dropped = Math.Max(bits - precision, lowestExponent - exponent);
        if (dropped > 64) return 0;
        if (dropped > 0)
        {
            UInt128 wide = mantissa;
            UInt128 half = UInt128.One << (int)(dropped - 1);
            UInt128 rest = wide & ((half << 1) - 1);
            mantissa = (ulong)(wide >> (int)dropped);
            if (rest > half || (rest == half && (mantissa & 1) == 1)) mantissa++;
            exponent += dropped;
        }

        return exponent > 1024 ? (mantissa == 0 ? 0 : double.PositiveInfinity) : Math.ScaleB(mantissa, (int)exponent);
    }
}
