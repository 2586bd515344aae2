using System.Text;

namespace Keyway.Shard.Timing;

/// <summary>LATENCY DOCTOR: what the monitor has seen, for a person to read.</summary>
internal static class LatencyDoctor
{
    public static string Report(LatencyMonitor monitor)
    {
        if (!monitor.IsOn && monitor.Series.Count == 0)
            return "Latency monitoring is disabled. \"CONFIG SET latency-monitor-threshold <milliseconds>\" enables it: what takes that long is remembered from then on.\n";
        if (monitor.Series.Count == 0) return "No latency spike was observed. All is well.\n";

        var text = new StringBuilder("Latency spikes were observed:\n\n");
        int number = 0;
        foreach ((string name, LatencySeries series) in monitor.Series.OrderByDescending(pair => pair.Value.MaxMs))
        {
            LatencySample[] samples = [.. series.Samples];
            double mean = samples.Average(sample => sample.Ms);
            double deviation = samples.Average(sample => Math.Abs(sample.Ms - mean));
            double period = samples.Length > 1 ? (samples[^1].Seconds - samples[0].Seconds) / (double)(samples.Length - 1) : 0;
            text.Append($"{++number}. {name}: {samples.Length} latency spikes (average {mean:F0}ms, mean deviation {deviation:F0}ms, period {period:F2} sec). Worst all time event {series.MaxMs}ms.\n");
        }

        text.Append("\nWhat to look at:\n\n");
        foreach (string advice in monitor.Series.Keys.Select(AdviceFor).Distinct()) text.Append($"- {advice}\n");
        return text.ToString();
    }

    private static string AdviceFor(string name) => name switch
    {
        "command" => "SLOWLOG GET shows which commands took long: those on many elements at once can be replaced by their SCAN-like kin, or asked for less.",
        "fast-command" => "Commands that never take long did: the machine is overloaded, swaps, or stops the process for other reasons.",
        "expire-cycle" or "expire-del" => "Many keys expire at the same moment: spread their expiries.",
        "eviction-cycle" or "eviction-del" => "Keys are evicted under load: give the server more memory, or smaller values, or set lazyfree-lazy-eviction.",
        _ => $"'{name}' took longer than the threshold.",
    };
}
