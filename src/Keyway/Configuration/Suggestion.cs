namespace Keyway.Configuration;

/// <summary>Finds the word that a person meant to write.</summary>
internal static class Suggestion
{
    /// <summary>"did you mean 'x'?", or where nothing is near, the list of what there is.</summary>
    public static string For(string written, IEnumerable<string> known, string whatIsKnown)
    {
        string[] words = [.. known];
        if (Nearest(written, words) is { } nearest) return $"did you mean '{nearest}'?";

        return words.Length == 0
            ? $"there are no {whatIsKnown}"
            : $"{whatIsKnown}: {string.Join(", ", words.Take(20))}{(words.Length > 20 ? ", …" : "")}";
    }

    /// <returns>Null when nothing is near enough to be meant.</returns>
    public static string? Nearest(string written, IEnumerable<string> known)
    {
        string? nearest = known.MinBy(word => Distance(written, word));
        return nearest is not null && Distance(written, nearest) <= Math.Max(1, nearest.Length / 3) ? nearest : null;
    }

    /// <summary>How many letters to add, drop, replace or swap with their neighbour; case does not count.</summary>
    private static int Distance(string a, string b)
    {
        // Nobody means a word that is so much shorter, and a huge key must not cost its square.
        if (Math.Abs(a.Length - b.Length) > 3 || a.Length > 100) return int.MaxValue;

        var rows = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) rows[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) rows[0, j] = j;

        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = rows[i - 1, j - 1] + (Same(a[i - 1], b[j - 1]) ? 0 : 1);
                int best = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1])) best = Math.Min(best, rows[i - 2, j - 2] + 1);
                rows[i, j] = best;
            }
        }

        return rows[a.Length, b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
