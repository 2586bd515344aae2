using Keyway.Protocol;

namespace Keyway.Shard.Commands.SortedSets;

/// <summary>Scores and other floating point numbers as arguments.</summary>
internal static class Scores
{
    private const int ExactDigits = 15;       // a whole number of so many digits is a double exactly

    public static ReadOnlySpan<byte> NotAFloat => "ERR value is not a valid float"u8;

    /// <summary>A number as C reads it whole; where there is none, or not a number, or one out of range, the error has been answered.</summary>
    public static bool TryRead(ref CommandContext context, int index, ReadOnlySpan<byte> error, out double value)
    {
        if (TryParse(context.Arguments[index], out value)) return true;
        context.ReplyError(error);
        return false;
    }

    public static bool TryRead(ref CommandContext context, int index, out double value) => TryRead(ref context, index, NotAFloat, out value);

    private static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        if (text.Length <= ExactDigits && RespNumber.TryParseLong(text, out long whole))
        {
            value = whole;
            return true;
        }

        return RespNumber.TryParseDouble(text, out value);
    }
}
