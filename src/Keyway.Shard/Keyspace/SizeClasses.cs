using System.Numerics;

namespace Keyway.Shard.Keyspace;

/// <summary>
/// The block sizes that slabs are cut into: every 8 bytes up to 256, because most entries are that small and each byte of rounding is paid a million
/// times; above that eight steps for each doubling, so that rounding never costs more than an eighth.
/// </summary>
internal static class SizeClasses
{
    public const int Largest = 8192;

    public const int Count = FineClasses + (5 * StepsPerDoubling);

    private const int FineLimit = 256;
    private const int FineClasses = FineLimit / 8;
    private const int StepsPerDoubling = 8;

    private static readonly int[] Sizes = ComputeSizes();

    /// <summary>The smallest class that holds so many bytes (1 to <see cref="Largest"/>).</summary>
    public static int ClassOf(int bytes)
    {
        if (bytes <= FineLimit) return (bytes + 7 >> 3) - 1;

        int doubling = BitOperations.Log2((uint)(bytes - 1));            // 8 for 257…512
        int step = (bytes - 1 >> doubling - 3) - StepsPerDoubling;      // which eighth of that doubling
        return FineClasses + ((doubling - 8) * StepsPerDoubling) + step;
    }

    public static int SizeOf(int sizeClass) => Sizes[sizeClass];

    private static int[] ComputeSizes()
    {
        var sizes = new int[Count];
        for (int i = 0; i < FineClasses; i++) sizes[i] = (i + 1) * 8;
        for (int i = FineClasses; i < Count; i++)
        {
            int start = FineLimit << (i - FineClasses) / StepsPerDoubling;
            sizes[i] = start + (((i - FineClasses) % StepsPerDoubling + 1) * (start / StepsPerDoubling));
        }

        return sizes;
    }
}
