using System.Diagnostics;
using System.Globalization;
using Keyway.Benchmarks.OpenLoop;
using Keyway.Benchmarks.Workloads;

namespace Keyway.Benchmarks.Checks;

/// <summary>
/// Whether a shard's trouble reaches the clients of another. Their p99 in the trouble is held against their p99 right before and right after it,
/// trouble by trouble, and the median of these ratios counts: what else the machine does in the minutes that this takes (a process starts, a
/// neighbour on the host is busy) comes into one of them and not into all. The same ratio between two quiet times that follow each other shows
/// how far the figure can be trusted. What trouble does only in its first second would be lost in a long one, so that second is held to the
/// bound as well.
/// </summary>
internal sealed class NeighbourComparison
{
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(5);

    private readonly LoadSample[] _samples;
    private readonly List<double> _ratios = [];
    private readonly List<double> _firstSeconds = [];
    private readonly List<double> _controls = [];
    private readonly List<double> _quiet = [];
    private readonly List<double> _troubled = [];

    public NeighbourComparison(LoadResult load, IReadOnlyList<Trouble> troubles)
    {
        _samples = [.. load.Samples.OrderBy(sample => sample.DueTimestamp)];
        for (int i = 0; i < troubles.Count; i++)
        {
            Trouble trouble = troubles[i];
            double before = P99(trouble.QuietFrom, trouble.Began);
            double after = P99(trouble.WellFrom, trouble.WellTo);
            _quiet.AddRange([before, after]);
            foreach ((long from, long to) in Cut(trouble.Began, trouble.Ended, Slice))
            {
                double p99 = P99(from, to);
                _troubled.Add(p99);
                _ratios.Add(p99 / ((before + after) / 2));
            }

            double second = Medians.Of(Seconds(trouble.QuietFrom, trouble.Began).Concat(Seconds(trouble.WellFrom, trouble.WellTo)));
            _firstSeconds.Add(P99(trouble.Began, Math.Min(trouble.Ended, trouble.Began + Stopwatch.Frequency)) / second);
            if (i > 0) _controls.Add(before / P99(troubles[i - 1].WellFrom, troubles[i - 1].WellTo));
        }
    }

    public void Show(Report report, string title, LoadResult load)
    {
        report.Line(FormattableString.Invariant($"the other shard's p99, medians: {Medians.Of(_quiet):0.000} ms in quiet times, {Medians.Of(_troubled):0.000} ms in trouble; ")
            + FormattableString.Invariant($"generator late by {load.Lateness.Milliseconds(99):0.000} ms at p99; {load.Samples.Count:#,0} requests"));
        report.Line($"trouble against before and after: {Spread(_ratios)}; its first seconds: {Spread(_firstSeconds)}; quiet against quiet: {Spread(_controls)}");
        report.AtMost($"{title}: the other shard's p99 against before and after", Medians.Of(_ratios), 1.2, "x");
        report.AtMost($"{title}: the same in the first second", Medians.Of(_firstSeconds), 1.2, "x");
        long lost = load.Errors + load.Unanswered + load.ConnectionsLost;
        report.Holds($"{title}: the other shard loses nothing", lost == 0, $"{lost} lost");
    }

    private IEnumerable<double> Seconds(long from, long to) => Cut(from, to, TimeSpan.FromSeconds(1)).Select(second => P99(second.From, second.To));

    // Into pieces of about that length, at least one.
    private static IEnumerable<(long From, long To)> Cut(long from, long to, TimeSpan length)
    {
        int pieces = Math.Max(1, (int)Math.Round((to - from) / (length.TotalSeconds * Stopwatch.Frequency)));
        for (int i = 0; i < pieces; i++) yield return (from + (to - from) * i / pieces, from + (to - from) * (i + 1) / pieces);
    }

    private double P99(long from, long to)
    {
        int first = FirstFrom(from);
        long[] times = [.. _samples.Skip(first).Take(FirstFrom(to) - first).Select(sample => sample.Nanoseconds).Order()];
        return times.Length == 0 ? double.NaN : times[(int)Math.Min(times.Length - 1, Math.Ceiling(times.Length * 0.99) - 1)] / 1e6;
    }

    private int FirstFrom(long timestamp)
    {
        int low = 0;
        for (int high = _samples.Length; low < high;)
        {
            int middle = (low + high) / 2;
            if (_samples[middle].DueTimestamp < timestamp) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private static string Spread(List<double> ratios)
    {
        double[] sorted = [.. ratios.Where(ratio => !double.IsNaN(ratio)).Order()];
        if (sorted.Length == 0) return "none";
        return string.Create(CultureInfo.InvariantCulture,
            $"{Medians.Of(sorted):0.00}x (quartiles {sorted[sorted.Length / 4]:0.00}-{sorted[sorted.Length * 3 / 4]:0.00}, of {sorted.Length})");
    }
}
