using System.Globalization;
using System.Text;

namespace Keyway.Protocol.Configuration;

/// <summary>Directives whose value is several words with a meaning of their own.</summary>
public static class DirectiveWords
{
    private const int OomScoreCount = 3;
    private const int OomScoreLimit = 2000;

    public static string? NormalizeSavePoints(IReadOnlyList<string> words, string before, out string value)
    {
        const string Invalid = "Invalid save parameters";
        value = "";
        if (words.Count == 1 && words[0].Length == 0) return null;      // save "": none
        if (words.Count % 2 != 0) return Invalid;

        for (int i = 0; i < words.Count; i++)
        {
            bool isSeconds = i % 2 == 0;
            if (!TryParseNumber(words[i], out long number) || number < (isSeconds ? 1 : 0)) return Invalid;
        }

        // CONFIG SET gives all points as one argument; a file gives one point a line, which add up.
        value = string.Join(' ', before.Length == 0 ? words : [before, .. words]);
        return null;
    }

    public static string? NormalizeBufferLimits(IReadOnlyList<string> words, string before, out string value)
    {
        value = before;
        if (words.Count % 4 != 0) return "Wrong number of arguments in buffer limit configuration.";

        string[] known = before.Split(' ');
        for (int i = 0; i < words.Count; i += 4)
        {
            string kind = words[i].ToLowerInvariant() is "replica" ? "slave" : words[i].ToLowerInvariant();
            int at = Array.IndexOf(known, kind);
            if (at < 0 || at % 4 != 0) return "Invalid client class specified in buffer limit configuration.";

            bool isHard = MemorySize.TryParse(words[i + 1], out ulong hard);
            bool isSoft = MemorySize.TryParse(words[i + 2], out ulong soft);
            bool isTime = TryParseNumber(words[i + 3], out long seconds) && seconds >= 0;
            if (!isHard || !isSoft || !isTime) return "Error in hard, soft or soft_seconds setting in buffer limit configuration.";
            (known[at + 1], known[at + 2], known[at + 3]) = ($"{hard}", $"{soft}", $"{seconds}");
        }

        value = string.Join(' ', known);
        return null;
    }

    public static string? NormalizeMaster(IReadOnlyList<string> words, out string value)
    {
        value = "";
        if (words.Count != 2) return "wrong number of arguments";
        if (words[0].Equals("no", StringComparison.OrdinalIgnoreCase) && words[1].Equals("one", StringComparison.OrdinalIgnoreCase)) return null;
        if (!TryParseNumber(words[1], out long port) || port is < 0 or > ushort.MaxValue) return "Invalid master port";

        value = $"{words[0]} {port}";
        return null;
    }

    public static string? NormalizeOomScores(IReadOnlyList<string> words, out string value)
    {
        value = "";
        if (words.Count != OomScoreCount) return "wrong number of arguments";

        var scores = new long[OomScoreCount];
        for (int i = 0; i < OomScoreCount; i++)
        {
            if (!TryParseNumber(words[i], out scores[i]) || scores[i] is < -OomScoreLimit or > OomScoreLimit)
                return "Invalid oom-score-adj-values, elements must be between -2000 and 2000.";
        }

        value = string.Join(' ', scores);
        return null;
    }

    public static string? NormalizePercentiles(IReadOnlyList<string> words, out string value)
    {
        value = "";
        if (words.Count == 1 && words[0].Length == 0) return null;

        var percentiles = new List<string>();
        foreach (string word in words)
        {
            if (!RespNumber.TryParseDouble(Encoding.Latin1.GetBytes(word), out double percentile)) return "Invalid latency-tracking-info-percentiles parameters";
            if (percentile is < 0 or > 100) return "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]";
            percentiles.Add(percentile.ToString("G10", CultureInfo.InvariantCulture));
        }

        value = string.Join(' ', percentiles);
        return null;
    }

    // As C's strtoll: a sign and leading blanks are fine, nothing may follow, and what is too large is the largest. No digits at all are zero.
    private static bool TryParseNumber(string word, out long number)
    {
        string text = word.TrimStart(' ', '\t', '\n', '\v', '\f', '\r');
        int sign = text.StartsWith('+') || text.StartsWith('-') ? 1 : 0;
        number = 0;
        if (word.Length == 0) return true;
        if (text.Length == sign || text.AsSpan(sign).ContainsAnyExceptInRange('0', '9')) return false;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)) number = text[0] == '-' ? long.MinValue : long.MaxValue;
        return true;
    }
}
