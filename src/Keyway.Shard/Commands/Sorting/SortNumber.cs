using Keyway.Protocol;

namespace Keyway.Shard.Commands.Sorting;

/// <summary>What SORT takes as a number: what C's strtod takes, blanks before it included, up to the first NUL; nothing at all is zero.</summary>
internal static class SortNumber
{
    private const double SmallestNormal = 2.2250738585072014e-308;

    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        text = SortText.UpToNul(text);
        value = 0;
        if (text.IsEmpty) return true;

        text = text.TrimStart(" \t\n\v\f\r"u8);
        if (!RespNumber.TryParseDouble(text, out value)) return false;

        // What has lost digits for being so small is out of range; written in base two it has not.
        return Math.Abs(value) >= SmallestNormal || value == 0 || text.ContainsAny((byte)'x', (byte)'X');
    }
}
