using System.Diagnostics;

namespace Keyway.Gateway.Metrics;

/// <summary>
/// Durations in fixed buckets, as Prometheus wants them. One writer (its loop); a scrape on another thread may see a value a turn old.
/// Recording is a search over twenty-odd bounds: a few nanoseconds.
/// </summary>
public sealed class LatencyHistogram
{
    /// <summary>Upper bounds in seconds; the last bucket, for what is longer, has none.</summary>
    public static readonly double[] BoundsSeconds =
    [
        0.00005, 0.0001, 0.00015, 0.0002, 0.0003, 0.0004, 0.0005, 0.00075, 0.001, 0.0015, 0.002, 0.003, 0.005,
        0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ];

    private static readonly long[] BoundsTicks = Array.ConvertAll(BoundsSeconds, seconds => (long)(seconds * Stopwatch.Frequency));

    public readonly long[] Buckets = new long[BoundsSeconds.Length + 1];

    public long Count;

    public long SumTicks;

    public double SumSeconds => (double)SumTicks / Stopwatch.Frequency;

    /// <summary>Which bucket a duration belongs to, so that one search serves several histograms.</summary>
    public static int BucketOf(long ticks)
    {
        long[] bounds = BoundsTicks;
        int low = 0;
        int high = bounds.Length;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (bounds[middle] < ticks) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    public void Record(int bucket, long ticks)
    {
        Buckets[bucket]++;
        Count++;
        SumTicks += ticks;
    }

    public void AddTo(LatencyHistogram sum)
    {
        for (int i = 0; i < Buckets.Length; i++) sum.Buckets[i] += Buckets[i];
        sum.Count += Count;
        sum.SumTicks += SumTicks;
    }

    public void Subtract(LatencyHistogram part)
    {
        for (int i = 0; i < Buckets.Length; i++) Buckets[i] -= part.Buckets[i];
        Count -= part.Count;
        SumTicks -= part.SumTicks;
    }

    /// <summary>The bound below which the given share of the durations lies; good for a page, not for a contract.</summary>
    public double QuantileSeconds(double share)
    {
        long wanted = (long)Math.Ceiling(Count * share);
        long seen = 0;
        for (int i = 0; i < Buckets.Length; i++)
        {
            seen += Buckets[i];
            if (seen >= wanted && Count > 0) return i < BoundsSeconds.Length ? BoundsSeconds[i] : double.PositiveInfinity;
        }
        return 0;
    }
}
