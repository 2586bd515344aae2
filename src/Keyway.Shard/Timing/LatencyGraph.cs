using System.Text;

namespace Keyway.Shard.Timing;

/// <summary>LATENCY GRAPH's picture: a column for each sample, three heights a row, and under it how long ago it was, written downwards.</summary>
internal static class LatencyGraph
{
    private const int Rows = 4;
    private const string Tops = "_o#";

    public static void Append(StringBuilder text, LatencySample[] samples, long nowSeconds, int width)
    {
        long low = samples.Min(sample => sample.Ms);
        long range = Math.Max(1, samples.Max(sample => sample.Ms) - low);
        int[] heights = Array.ConvertAll(samples, sample => (int)Math.Min((sample.Ms - low) * Rows * Tops.Length / range, (Rows * Tops.Length) - 1));
        string[] ages = Array.ConvertAll(samples, sample => AgeOf(nowSeconds - sample.Seconds));
        for (int from = 0; from < samples.Length; from += width)
        {
            int to = Math.Min(samples.Length, from + width);
            if (from > 0) text.Append('\n');
            AppendColumns(text, heights.AsSpan(from, to - from), ages.AsSpan(from, to - from));
        }
    }

    private static void AppendColumns(StringBuilder text, ReadOnlySpan<int> heights, ReadOnlySpan<string> ages)
    {
        for (int row = Rows - 1; row >= 0; row--)
        {
            foreach (int height in heights)
            {
                int above = height - (row * Tops.Length);
                text.Append(above < 0 ? ' ' : above < Tops.Length ? Tops[above] : '|');
            }

            text.Append('\n');
        }

        text.Append(' ', heights.Length).Append('\n');
        int longest = 0;
        foreach (string age in ages) longest = Math.Max(longest, age.Length);
        for (int line = 0; line < longest; line++)
        {
            foreach (string age in ages) text.Append(line < age.Length ? age[line] : ' ');
            text.Append('\n');
        }
    }

    private static string AgeOf(long seconds) => seconds switch
    {
        < 60 => $"{seconds}s",
        < 3600 => $"{seconds / 60}m",
        < 24 * 3600 => $"{seconds / 3600}h",
        _ => $"{seconds / (24 * 3600)}d",
    };
}
