using System.Globalization;

namespace Keyway.Benchmarks.Workloads;

/// <summary>Reads what redis-benchmark 7.0 prints without --csv, the only form in which it shows the tail beyond p99.</summary>
internal static class BenchmarkOutput
{
    /// <returns>Null when a figure is missing, as after a refused connection.</returns>
    public static RoundResult? Parse(string output)
    {
        double throughput = 0;
        var percentiles = new List<(double Percent, double Milliseconds)>();
        double max = 0;
        bool byPercentile = false;
        bool afterNames = false;

        // Progress lines overwrite one another with carriage returns.
        foreach (string line in output.Split('\n', '\r'))
        {
            string trimmed = line.Trim();
            if (trimmed.StartsWith("Latency by percentile", StringComparison.Ordinal)) byPercentile = true;
            else if (trimmed.StartsWith("Cumulative distribution", StringComparison.Ordinal)) byPercentile = false;
            else if (byPercentile && trimmed.Contains("% <=", StringComparison.Ordinal)) percentiles.Add(ParsePercentile(trimmed));
            else if (trimmed.StartsWith("throughput summary:", StringComparison.Ordinal)) throughput = Number(trimmed.Split(' ')[2]);
            else if (trimmed.StartsWith("avg", StringComparison.Ordinal)) afterNames = true;
            else if (afterNames && trimmed.Length > 0)
            {
                // avg min p50 p95 p99 max
                max = Number(trimmed.Split(' ', StringSplitOptions.RemoveEmptyEntries)[5]);
                afterNames = false;
            }
        }

        if (throughput <= 0 || percentiles.Count == 0) return null;
        return new RoundResult(throughput, At(percentiles, 50), At(percentiles, 99), At(percentiles, 99.9), max);
    }

    // 99.219% <= 1.255 milliseconds (cumulative count 19856)
    private static (double Percent, double Milliseconds) ParsePercentile(string line)
    {
        int sign = line.IndexOf('%', StringComparison.Ordinal);
        string[] words = line[(sign + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (Number(line[..sign]), Number(words[1]));
    }

    // The rows halve the remainder each time (… 98.438, 99.219, 99.609 …), so a wanted one is never far from the next above it.
    private static double At(List<(double Percent, double Milliseconds)> rows, double percent)
    {
        foreach ((double rowPercent, double milliseconds) in rows)
        {
            if (rowPercent >= percent) return milliseconds;
        }

        return rows[^1].Milliseconds;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
