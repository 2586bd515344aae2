using System.Globalization;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>Reads single figures from a gateway's /metrics.</summary>
internal static class Metrics
{
    /// <returns>The largest value of a metric over its labels; null where there is none, or no metrics at all.</returns>
    public static double? Largest(Peer peer, string metric) => Largest(Scrape(peer), metric);

    public static double? Largest(string text, string metric)
    {
        double? largest = null;
        foreach (string line in text.Split('\n'))
        {
            // name{labels} value, or name value
            if (!line.StartsWith(metric, StringComparison.Ordinal) || line.Length == metric.Length) continue;
            if (line[metric.Length] is not (' ' or '{')) continue;
            double value = double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
            if (largest is null || value > largest) largest = value;
        }

        return largest;
    }

    /// <returns>The sum of a metric's values whose labels have that in them; null where there is none.</returns>
    public static double? Sum(Peer peer, string metric, string label)
    {
        double? sum = null;
        foreach (string line in Scrape(peer).Split('\n'))
        {
            if (!line.StartsWith(metric + "{", StringComparison.Ordinal) || !line.Contains(label, StringComparison.Ordinal)) continue;
            sum = (sum ?? 0) + double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
        }

        return sum;
    }

    private static string Scrape(Peer peer)
    {
        if (peer.AdminPort == 0) return "";
        try
        {
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
            return http.GetStringAsync($"http://127.0.0.1:{peer.AdminPort}/metrics").GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            Console.WriteLine($"{peer.Name} shows no metrics: {e.Message}");
            return "";
        }
    }
}
