using Keyway.Protocol;
using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Commands.SortedSets;

/// <summary>The ends of ranges as they are written: (1.5 and +inf for scores, [a and (b and - and + for members.</summary>
internal static class RangeSyntax
{
    /// <summary>A range of scores from two arguments; else the error has been answered.</summary>
    public static bool TryReadScores(ref CommandContext context, int min, int max, out ScoreRange range)
    {
        range = default;
        if (TryParse(context.Arguments[min], out double from, out bool excludesMin) && TryParse(context.Arguments[max], out double to, out bool excludesMax))
        {
            range = new ScoreRange(from, excludesMin, to, excludesMax);
            return true;
        }

        context.ReplyError("ERR min or max is not a float"u8);
        return false;
    }

    /// <summary>A range of members from two arguments; else the error has been answered.</summary>
    public static bool TryReadMembers(scoped ref CommandContext context, int min, int max, out LexRange range)
    {
        range = default;
        if (TryParse(context.Arguments[min], isStart: true, out LexBound start) && TryParse(context.Arguments[max], isStart: false, out LexBound end))
        {
            range = new LexRange(start, end);
            return true;
        }

        context.ReplyError("ERR min or max not valid string range item"u8);
        return false;
    }

    // Read as a C string: to the first NUL, blanks before it allowed, nothing at all is zero, and what no double can hold becomes infinity or zero.
    private static bool TryParse(ReadOnlySpan<byte> text, out double value, out bool isExcluded)
    {
        isExcluded = text is [(byte)'(', ..];
        if (isExcluded) text = text[1..];

        value = 0;
        int end = text.IndexOf((byte)0);
        if (end >= 0) text = text[..end];
        return text.IsEmpty || RespNumber.TryParseDoubleOfAnySize(text.TrimStart(" \t\n\v\f\r"u8), out value);
    }

    private static bool TryParse(ReadOnlySpan<byte> text, bool isStart, out LexBound bound)
    {
        bound = default;
        switch (text)
        {
            case [(byte)'[', ..]:
                bound = new LexBound(text[1..], takesEqual: !isStart);
                return true;
            case [(byte)'(', ..]:
                bound = new LexBound(text[1..], takesEqual: isStart);
                return true;
            case [(byte)'-'] or [(byte)'-', 0, ..]:
                bound = LexBound.BeforeAll;
                return true;
            case [(byte)'+'] or [(byte)'+', 0, ..]:
                bound = LexBound.BehindAll;
                return true;
            default:
                return false;
        }
    }
}
