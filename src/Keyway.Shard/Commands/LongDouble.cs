using System.Globalization;
using System.Numerics;
using System.Text;

namespace Keyway.Shard.Commands;

/// <summary>
/// The 80-bit float of x86 (64 bits of fraction, 15 of exponent), in which Redis adds for INCRBYFLOAT: .NET has none, and with 53 bits 0.1 + 0.2 would not
/// print as 0.3. Exact integers inside, rounded to even as the processor does.
/// </summary>
internal readonly struct LongDouble
{
    private const int FractionBits = 64;
    private const int LargestExponent = 16384 - FractionBits;      // of the last bit
    private const int SmallestExponent = -16445;
    private const int MaxTextLength = 5 * 1024;
    private const int PrintedDecimals = 17;

    // The value is ± fraction × 2^exponent; the sign of zero and infinity is kept.
    private readonly BigInteger _fraction;
    private readonly int _exponent;
    private readonly bool _isNegative;
    private readonly bool _isInfinite;

    private LongDouble(bool isNegative, BigInteger fraction, int exponent, bool isInfinite = false)
    {
        _isNegative = isNegative;
        _fraction = fraction;
        _exponent = exponent;
        _isInfinite = isInfinite;
        IsFinite = !isInfinite;
    }

    public static LongDouble Zero => new(false, BigInteger.Zero, 0);

    public bool IsFinite { get; }

    /// <summary>Reads what C's strtold reads: decimal, hexadecimal (0x1.8p3), inf and infinity, a sign before each. Not a number, or out of range: false.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out LongDouble value)
    {
        value = Zero;
        if (text.Length == 0 || text.Length >= MaxTextLength) return false;

        bool isNegative = text[0] == '-';
        if (text[0] is (byte)'-' or (byte)'+') text = text[1..];

        if (Word.Is(text, "inf"u8) || Word.Is(text, "infinity"u8))
        {
            value = new LongDouble(isNegative, BigInteger.Zero, 0, isInfinite: true);
            return true;
        }

        bool isHexadecimal = text.Length > 2 && text[0] == '0' && (text[1] | 0x20) == 'x';
        return isHexadecimal ? TryParseDigits(text[2..], 16, isNegative, out value) : TryParseDigits(text, 10, isNegative, out value);
    }

    public static LongDouble operator +(LongDouble left, LongDouble right)
    {
        if (left._isInfinite || right._isInfinite)
        {
            // Infinity less infinity is no number; both answers are refused alike.
            return left._isInfinite ? left : right;
        }

        int exponent = Math.Min(left._exponent, right._exponent);
        BigInteger sum = left.Signed << (left._exponent - exponent);
        sum += right.Signed << (right._exponent - exponent);
        if (sum.IsZero) return new LongDouble(left._isNegative && right._isNegative, BigInteger.Zero, 0);
        return Round(sum.Sign < 0, BigInteger.Abs(sum), exponent, isInexact: false);
    }

    /// <summary>As C's %.17Lf prints it, without the zeros at the end: never with an exponent.</summary>
    public byte[] ToText()
    {
        // fraction × 2^exponent × 10^17, rounded to even, and the point put back.
        BigInteger scaled = _fraction * BigInteger.Pow(10, PrintedDecimals);
        if (_exponent >= 0)
        {
            scaled <<= _exponent;
        }
        else
        {
            BigInteger half = BigInteger.One << (-_exponent - 1);
            BigInteger rest = scaled & ((BigInteger.One << -_exponent) - 1);
            scaled >>= -_exponent;
            if (rest > half || (rest == half && !scaled.IsEven)) scaled++;
        }

        string digits = scaled.ToString(CultureInfo.InvariantCulture).PadLeft(PrintedDecimals + 1, '0');
        string text = $"{digits[..^PrintedDecimals]}.{digits[^PrintedDecimals..]}".TrimEnd('0').TrimEnd('.');
        bool showsMinus = _isNegative && text != "0";
        return Encoding.ASCII.GetBytes(showsMinus ? "-" + text : text);
    }

    /// <summary>Seconds as milliseconds, as C converts them: what no long holds becomes the smallest one.</summary>
    public long TimesThousandRoundedUp()
    {
        if (_isInfinite) return long.MinValue;
        LongDouble product = Round(_isNegative, _fraction * 1000, _exponent, isInexact: false);
        if (product._isInfinite || product._fraction.GetBitLength() + product._exponent > 64) return long.MinValue;

        BigInteger whole = product._fraction << product._exponent;

        // Rounded up: towards zero where it is negative.
        bool isCut = product._exponent < 0 && !(product._fraction & ((BigInteger.One << -product._exponent) - 1)).IsZero;
        if (isCut && !_isNegative) whole++;
        if (whole > long.MaxValue) return long.MinValue;
        return _isNegative ? -(long)whole : (long)whole;
    }

    private BigInteger Signed => _isNegative ? -_fraction : _fraction;

    private static bool TryParseDigits(ReadOnlySpan<byte> text, int radix, bool isNegative, out LongDouble value)
    {
        value = Zero;
        var digits = new StringBuilder("0", text.Length + 1);
        int afterPoint = 0;
        int position = 0;
        bool hasPoint = false, hasDigits = false;
        for (; position < text.Length; position++)
        {
            byte b = text[position];
            if (b == '.' && !hasPoint) hasPoint = true;
            else if (radix == 10 ? char.IsAsciiDigit((char)b) : char.IsAsciiHexDigit((char)b))
            {
                digits.Append((char)b);
                hasDigits = true;
                if (hasPoint) afterPoint++;
            }
            else break;
        }

        if (!hasDigits) return false;
        if (!TryParseExponent(text[position..], radix == 10 ? (byte)'e' : (byte)'p', out long exponent)) return false;

        BigInteger number = BigInteger.Parse(digits.ToString(), radix == 10 ? NumberStyles.None : NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (number.IsZero)
        {
            value = new LongDouble(isNegative, BigInteger.Zero, 0);
            return true;
        }

        if (radix == 16) value = FromBinary(isNegative, number, exponent - (4L * afterPoint));
        else value = FromDecimal(isNegative, number, exponent - afterPoint);
        return !value._isInfinite && !value._fraction.IsZero;      // C reports both as out of range
    }

    private static bool TryParseExponent(ReadOnlySpan<byte> text, byte mark, out long exponent)
    {
        exponent = 0;
        if (text.Length == 0) return true;
        if ((text[0] | 0x20) != mark) return false;

        text = text[1..];
        bool isNegative = text.Length > 0 && text[0] == '-';
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+') text = text[1..];
        if (text.Length == 0) return false;
        foreach (byte b in text)
        {
            if (!char.IsAsciiDigit((char)b)) return false;
            exponent = Math.Min((exponent * 10) + (b - '0'), 1_000_000);     // far out of any range; must not overflow
        }

        if (isNegative) exponent = -exponent;
        return true;
    }

    private static LongDouble FromBinary(bool isNegative, BigInteger number, long exponent)
    {
        if (exponent > 100_000) return new LongDouble(isNegative, BigInteger.Zero, 0, isInfinite: true);
        if (exponent < -100_000) return new LongDouble(isNegative, BigInteger.Zero, 0);
        return Round(isNegative, number, (int)exponent, isInexact: false);
    }

    private static LongDouble FromDecimal(bool isNegative, BigInteger number, long exponent)
    {
        // Beyond these no text of the longest permitted length stays in range.
        if (exponent > 20_000) return new LongDouble(isNegative, BigInteger.Zero, 0, isInfinite: true);
        if (exponent < -20_000) return new LongDouble(isNegative, BigInteger.Zero, 0);
        if (exponent >= 0) return Round(isNegative, number * BigInteger.Pow(10, (int)exponent), 0, isInexact: false);

        // Divide with so many spare bits that the remainder matters only as "not exact".
        BigInteger divisor = BigInteger.Pow(10, (int)-exponent);
        int shift = (int)Math.Max(0, divisor.GetBitLength() - number.GetBitLength()) + FractionBits + 2;
        BigInteger quotient = BigInteger.DivRem(number << shift, divisor, out BigInteger remainder);
        return Round(isNegative, quotient, -shift, isInexact: !remainder.IsZero);
    }

    /// <summary>To 64 bits, half to even; what was cut off before ("inexact") tips a half upwards.</summary>
    private static LongDouble Round(bool isNegative, BigInteger number, int exponent, bool isInexact)
    {
        int excess = (int)number.GetBitLength() - FractionBits;
        excess = Math.Max(excess, SmallestExponent - exponent);      // below the smallest exponent bits are lost one by one
        if (excess > 0)
        {
            BigInteger half = BigInteger.One << (excess - 1);
            BigInteger rest = number & ((BigInteger.One << excess) - 1);
            number >>= excess;
            exponent += excess;
            if (rest > half || (rest == half && (isInexact || !number.IsEven))) number++;
        }

        bool overflows = number.GetBitLength() + exponent > LargestExponent + FractionBits;
        return overflows ? new LongDouble(isNegative, BigInteger.Zero, 0, isInfinite: true) : new LongDouble(isNegative, number, exponent);
    }
}
