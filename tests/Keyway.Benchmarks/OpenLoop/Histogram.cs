using System.Numerics;

namespace Keyway.Benchmarks.OpenLoop;

/// <summary>
/// Counts times in buckets that grow with them: every power of two of nanoseconds is cut into 64, so a figure is right to 1.6 % from
/// a nanosecond to hours, in constant memory.
/// </summary>
internal sealed class Histogram
{
    private const int SubBits = 6;
    private const int Sub = 1 << SubBits;

    private readonly long[] _counts = new long[64 * Sub];

    public long Count { get; private set; }

    public long MaxNanoseconds { get; private set; }

    public void Add(long nanoseconds)
    {
        if (nanoseconds < 0) nanoseconds = 0;
        _counts[Bucket(nanoseconds)]++;
        Count++;
        if (nanoseconds > MaxNanoseconds) MaxNanoseconds = nanoseconds;
    }

    public void Add(Histogram other)
    {
        for (int i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
        Count += other.Count;
        MaxNanoseconds = Math.Max(MaxNanoseconds, other.MaxNanoseconds);
    }

    /// <summary>The upper end of the bucket that holds the value at this percentile; in milliseconds.</summary>
    public double Milliseconds(double percentile)
    {
        if (Count == 0) return double.NaN;
        long rank = Math.Max(1, (long)Math.Ceiling(Count * percentile / 100));
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank) return Math.Min(UpperEnd(i), MaxNanoseconds) / 1e6;
        }

        return MaxNanoseconds / 1e6;
    }

    private static int Bucket(long value)
    {
        if (value < Sub) return (int)value;
        int shift = BitOperations.Log2((ulong)value) - SubBits;
        return ((shift + 1) << SubBits) + (int)((value >> shift) - Sub);
    }

    private static long UpperEnd(int bucket)
    {
        if (bucket < Sub) return bucket;
        int shift = (bucket >> SubBits) - 1;
        return (((long)(bucket & (Sub - 1)) + Sub + 1) << shift) - 1;
    }
}
