using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keyway.Shard.Timing;

/// <summary>
/// How long calls took, from a nanosecond to a second, to two significant digits: 256 steps of one, then 128 for each doubling. The same steps as
/// those of the histograms in Redis, so that figures of both compare.
/// </summary>
internal sealed class LatencyHistogram
{
    public const long LargestNs = 1_000_000_000;

    private const int StepBits = 7;
    private const int Steps = 1 << StepBits;
    private const int Buckets = 23;
    private const long FirstReported = 1024;             // 1 µs, about

    private readonly long[] _counts = new long[(Buckets + 1) * Steps];

    public long Count { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Record(long ns)
    {
        _counts[IndexOf(Math.Clamp(ns, 1, LargestNs))]++;
        Count++;
    }

    /// <summary>The time that so many percent of the calls did not exceed.</summary>
    public long NsAt(double percentile)
    {
        var wanted = (long)((Math.Min(percentile, 100) / 100 * Count) + 0.5);
        long seen = 0;
        int index = 0;
        for (; index < _counts.Length - 1; index++)
        {
            seen += _counts[index];
            if (seen >= Math.Max(1, wanted)) break;
        }

        return percentile == 0 ? Lowest(index) : Highest(index);
    }

    /// <summary>For each power of two of nanoseconds that more calls stayed below than below the one before it: the time in µs, and how many calls.</summary>
    public List<(long Microseconds, long Calls)> Cumulative()
    {
        var points = new List<(long, long)>();
        long seen = 0, before = 0;
        long level = FirstReported;
        for (int index = 0; index < _counts.Length && seen < Count; index++)
        {
            seen += _counts[index];
            bool isLast = index == _counts.Length - 1;
            if (Lowest(index) < level && !isLast) continue;

            if (seen > before) points.Add((Highest(index) / 1000, seen));
            before = seen;
            level *= 2;
        }

        // What ends below the next level is counted with it.
        if (seen > before) points.Add((Highest(Math.Min(IndexOf(level), _counts.Length - 1)) / 1000, seen));
        return points;
    }

    private static int IndexOf(long ns)
    {
        int bucket = 64 - (StepBits + 1) - BitOperations.LeadingZeroCount((ulong)ns | (2 * Steps - 1));
        return (bucket << StepBits) + (int)(ns >> bucket);
    }

    private static long Lowest(int index)
    {
        int bucket = BucketOf(index);
        return (long)(index - (bucket << StepBits)) << bucket;
    }

    private static long Highest(int index) => Lowest(index) + (1L << BucketOf(index)) - 1;

    private static int BucketOf(int index) => Math.Max(0, (index >> StepBits) - 1);
}
