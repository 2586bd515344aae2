using System.Text;
using Keyway.Shard.Timing;

namespace Keyway.Shard.Tests.Timing;

public sealed class LatencyMonitorTests
{
    [Fact]
    public void The_worst_of_each_second_is_kept_and_no_more_than_160_seconds()
    {
        var monitor = new LatencyMonitor { ThresholdMs = 10 };
        monitor.Note("command", 9, 1_000);
        Assert.Empty(monitor.Series);
        for (int second = 1; second <= 200; second++)
        {
            monitor.Note("command", 20 + second, second * 1000);
            monitor.Note("command", 10, (second * 1000) + 500);
        }

        LatencySeries series = monitor.Series["command"];
        Assert.Equal(160, series.Count);
        Assert.Equal(Enumerable.Range(41, 160).Select(second => new LatencySample(second, 20 + second)), series.Samples);
        Assert.Equal((220, new LatencySample(200, 220)), (series.MaxMs, series.Latest));
    }

    [Fact]
    public void A_graph_has_a_column_for_each_sample()
    {
        var text = new StringBuilder();
        LatencyGraph.Append(text, [new LatencySample(583, 50), new LatencySample(584, 100), new LatencySample(586, 900), new LatencySample(520, 480)], 586, 80);

        Assert.Equal("  # \n  |_\n  ||\n__||\n    \n3201\nsssm\n", text.ToString());
    }

    [Fact]
    public void The_doctor_names_each_kind_of_spike()
    {
        var monitor = new LatencyMonitor();
        Assert.Contains("disabled", LatencyDoctor.Report(monitor), StringComparison.Ordinal);
        monitor.ThresholdMs = 1;
        Assert.Contains("No latency spike", LatencyDoctor.Report(monitor), StringComparison.Ordinal);
        monitor.Note("command", 5, 1_000);
        monitor.Note("expire-cycle", 7, 2_000);

        string report = LatencyDoctor.Report(monitor);
        Assert.Contains("1. expire-cycle: 1 latency spikes (average 7ms", report, StringComparison.Ordinal);
        Assert.Contains("2. command: 1 latency spikes", report, StringComparison.Ordinal);
    }
}
