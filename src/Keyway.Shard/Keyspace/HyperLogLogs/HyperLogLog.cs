using System.Buffers.Binary;
using System.Numerics;

namespace Keyway.Shard.Keyspace.HyperLogLogs;

/// <summary>
/// A HyperLogLog as Redis keeps it in a string, so that both read each other's.
/// <code>"HYLL" encoding:u8 unused:3 bytes cardinality:u64 registers</code>
/// The cardinality is a cache; the highest bit of its last byte says that it no longer holds. 16384 registers of 6 bits follow, all of them
/// (<see cref="DenseRegisters"/>) or in runs (<see cref="SparseRegisters"/>).
/// </summary>
internal static class HyperLogLog
{
    public const int Registers = 1 << IndexBits;
    public const int HeaderBytes = 16;
    public const int DenseBytes = HeaderBytes + DenseRegisters.Bytes;
    public const int EmptyBytes = HeaderBytes + 2;
    public const byte Dense = 0;
    public const byte Sparse = 1;

    private const int IndexBits = 14;
    private const int HashBits = 64 - IndexBits;
    private const int EncodingAt = 4;
    private const int CardinalityAt = 8;
    private const byte StaleFlag = 0x80;
    private const ulong HashSeed = 0xadc83b19;

    /// <summary>Of the estimate for infinitely many registers: 1 / (2 ln 2).</summary>
    private const double AlphaInfinity = 0.721347520444481703680;

    public static void WriteEmpty(Span<byte> target)
    {
        target[..EmptyBytes].Clear();
        "HYLL"u8.CopyTo(target);
        target[EncodingAt] = Sparse;
        SparseRegisters.WriteEmpty(target[HeaderBytes..]);
    }

    /// <summary>Whether a string looks like one. Its runs are only known to be sound when they have been walked.</summary>
    public static bool IsOne(ReadOnlySpan<byte> value) =>
        value.Length >= HeaderBytes && value.StartsWith("HYLL"u8) && value[EncodingAt] <= Sparse && (value[EncodingAt] != Dense || value.Length == DenseBytes);

    public static bool IsDense(ReadOnlySpan<byte> value) => value[EncodingAt] == Dense;

    public static bool TryReadCached(ReadOnlySpan<byte> value, out ulong cardinality)
    {
        cardinality = BinaryPrimitives.ReadUInt64LittleEndian(value[CardinalityAt..]);
        return (value[HeaderBytes - 1] & StaleFlag) == 0;
    }

    public static void Cache(Span<byte> value, ulong cardinality) => BinaryPrimitives.WriteUInt64LittleEndian(value[CardinalityAt..], cardinality);

    public static void Invalidate(Span<byte> value) => value[HeaderBytes - 1] |= StaleFlag;

    /// <summary>Which register an element falls into, and what it must hold at least: the place of the first set bit in what is left of the hash.</summary>
    public static int RegisterOf(ReadOnlySpan<byte> element, out int rank)
    {
        ulong hash = MurmurHash.Of(element, HashSeed);
        rank = BitOperations.TrailingZeroCount((hash >> IndexBits) | (1UL << HashBits)) + 1;
        return (int)(hash & (Registers - 1));
    }

    /// <summary>Makes each register at least what it is in this one; false when its runs are damaged.</summary>
    public static bool TryMerge(ReadOnlySpan<byte> value, Span<byte> registers)
    {
        ReadOnlySpan<byte> packed = value[HeaderBytes..];
        if (!IsDense(value)) return SparseRegisters.TryMerge(packed, registers);
        DenseRegisters.Merge(packed, registers);
        return true;
    }

    /// <summary>
    /// How many different elements there were, about: the estimate of O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches"
    /// (arXiv:1702.01284), algorithm 6.
    /// </summary>
    /// <param name="registers">One byte each.</param>
    public static ulong Estimate(ReadOnlySpan<byte> registers)
    {
        Span<int> histogram = stackalloc int[64];
        histogram.Clear();
        foreach (byte register in registers) histogram[register & 63]++;

        const double All = Registers;
        double z = All * Tau((All - histogram[HashBits + 1]) / All);
        for (int i = HashBits; i >= 1; i--)
        {
            z += histogram[i];
            z *= 0.5;
        }

        z += All * Sigma(histogram[0] / All);
        return (ulong)Math.Round(AlphaInfinity * All * All / z, MidpointRounding.AwayFromZero);
    }

    /// <summary>The dense form of a sparse one; false when its runs are damaged.</summary>
    public static bool TryToDense(ReadOnlySpan<byte> sparse, Span<byte> dense)
    {
        Span<byte> registers = stackalloc byte[Registers];
        registers.Clear();
        if (!SparseRegisters.TryMerge(sparse[HeaderBytes..], registers)) return false;

        sparse[..HeaderBytes].CopyTo(dense);
        dense[EncodingAt] = Dense;
        DenseRegisters.Pack(registers, dense[HeaderBytes..DenseBytes]);
        return true;
    }

    private static double Sigma(double x)
    {
        if (x == 1) return double.PositiveInfinity;

        double y = 1;
        double z = x;
        double before;
        do
        {
            x *= x;
            before = z;
            z += x * y;
            y += y;
        }
        while (before != z);
        return z;
    }

    private static double Tau(double x)
    {
        if (x is 0 or 1) return 0;

        double y = 1;
        double z = 1 - x;
        double before;
        do
        {
            x = Math.Sqrt(x);
            before = z;
            y *= 0.5;
            z -= (1 - x) * (1 - x) * y;
        }
        while (before != z);
        return z / 3;
    }
}
