namespace Keyway.Protocol.Commands;

/// <summary>Redis's patterns, as KEYS, PSUBSCRIBE and COMMAND LIST take them: * ? [a-z] [^a-z] and \ before any of these.</summary>
public static class GlobPattern
{
    // When something does not fit behind a star, that star takes one byte more and all behind it is tried again; earlier stars need no second
    // try, since the later one could have taken what they would. So the time is at most the product of both lengths.
    public static bool Matches(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text, bool ignoreCase = false)
    {
        if (text.IsEmpty) return pattern.IsEmpty;       // Redis does not even let * match nothing at all, where it looks at all

        int p = 0;
        int t = 0;
        int behindStar = -1;
        int taken = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                while (p < pattern.Length && pattern[p] == '*') p++;
                if (p == pattern.Length) return true;
                behindStar = p;
                taken = t;
            }
            else if (p < pattern.Length && MatchesOne(pattern, ref p, text[t], ignoreCase))
            {
                t++;
            }
            else if (behindStar >= 0)
            {
                t = ++taken;
                p = behindStar;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    private static bool MatchesOne(ReadOnlySpan<byte> pattern, ref int p, byte character, bool ignoreCase)
    {
        switch (pattern[p])
        {
            case (byte)'?':
                p++;
                return true;
            case (byte)'[':
                p++;
                return MatchesClass(pattern, ref p, character, ignoreCase);
            case (byte)'\\' when p + 1 < pattern.Length:
                p++;
                break;
        }
        return AreEqual(pattern[p++], character, ignoreCase);
    }

    // A class that lacks its ] ends with the pattern.
    private static bool MatchesClass(ReadOnlySpan<byte> pattern, ref int p, byte character, bool ignoreCase)
    {
        bool negated = p < pattern.Length && pattern[p] == '^';
        if (negated) p++;

        bool found = false;
        for (; p < pattern.Length && pattern[p] != ']'; p++)
        {
            if (pattern[p] == '\\' && p + 1 < pattern.Length)
            {
                p++;
                found |= pattern[p] == character;
            }
            else if (p + 2 < pattern.Length && pattern[p + 1] == '-')
            {
                found |= IsBetween(character, pattern[p], pattern[p + 2], ignoreCase);
                p += 2;
            }
            else
            {
                found |= AreEqual(pattern[p], character, ignoreCase);
            }
        }
        p = Math.Min(p + 1, pattern.Length);
        return found != negated;
    }

    private static bool IsBetween(byte character, byte from, byte to, bool ignoreCase)
    {
        if (from > to) (from, to) = (to, from);
        if (ignoreCase) (character, from, to) = (Lower(character), Lower(from), Lower(to));
        return character >= from && character <= to;
    }

    private static bool AreEqual(byte a, byte b, bool ignoreCase) => a == b || (ignoreCase && Lower(a) == Lower(b));

    private static byte Lower(byte character) => character is >= (byte)'A' and <= (byte)'Z' ? (byte)(character | 0x20) : character;
}
