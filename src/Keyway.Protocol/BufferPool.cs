using System.Numerics;

namespace Keyway.Protocol;

/// <summary>
/// Byte arrays for one thread, in powers of two from 4 KB to 1 MB. What it keeps is bounded, and arrays outside of these sizes are
/// left to the collector, so memory that a burst needed is given back.
/// </summary>
public sealed class BufferPool
{
    public const int SmallestBuffer = 1 << SmallestShift;
    public const int LargestBuffer = 1 << LargestShift;

    private const int SmallestShift = 12;
    private const int LargestShift = 20;
    private const byte Poison = 0xDD;

#if DEBUG
    private const bool PoisonByDefault = true;
#else
    private const bool PoisonByDefault = false;
#endif

    private readonly byte[]?[][] _kept = new byte[]?[LargestShift - SmallestShift + 1][];
    private readonly int[] _counts = new int[LargestShift - SmallestShift + 1];
    private readonly int _maxKeptBytes;
    private readonly bool _poison;

    /// <param name="maxKeptBytes">Of all sizes together.</param>
    /// <param name="poison">Overwrite what is returned, so that a use after return is seen, and refuse to take an array twice.</param>
    public BufferPool(int maxKeptBytes, bool poison = PoisonByDefault)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxKeptBytes);
        _maxKeptBytes = maxKeptBytes;
        _poison = poison;
        Array.Fill(_kept, []);
    }

    public int KeptBytes { get; private set; }

    /// <summary>Bytes of the arrays that somebody has now.</summary>
    public long LentBytes { get; private set; }

    /// <summary>The contents are whatever they are.</summary>
    public byte[] Rent(int atLeast)
    {
        byte[] buffer = Take(atLeast);
        LentBytes += buffer.Length;
        return buffer;
    }

    public void Return(byte[] buffer)
    {
        LentBytes -= buffer.Length;
        bool pooled = BitOperations.IsPow2(buffer.Length) && buffer.Length is >= SmallestBuffer and <= LargestBuffer;
        if (_poison)
        {
            if (pooled) RefuseIfKept(buffer);
            buffer.AsSpan().Fill(Poison);
        }

        if (!pooled || buffer.Length > _maxKeptBytes - KeptBytes) return;

        int size = SizeClass(buffer.Length);
        if (_counts[size] == _kept[size].Length) Array.Resize(ref _kept[size], Math.Max(8, _counts[size] * 2));
        _kept[size][_counts[size]++] = buffer;
        KeptBytes += buffer.Length;
    }

    private byte[] Take(int atLeast)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(atLeast);
        if (atLeast > LargestBuffer) return GC.AllocateUninitializedArray<byte>(atLeast);

        int size = SizeClass(atLeast);
        if (_counts[size] == 0) return GC.AllocateUninitializedArray<byte>(SmallestBuffer << size);

        int last = --_counts[size];
        byte[] buffer = _kept[size][last]!;
        _kept[size][last] = null;
        KeptBytes -= buffer.Length;
        if (_poison) RefuseIfWritten(buffer);
        return buffer;
    }

    private static int SizeClass(int length) => Math.Max(0, BitOperations.Log2((uint)Math.Max(1, length) - 1) + 1 - SmallestShift);

    private void RefuseIfKept(byte[] buffer)
    {
        int size = SizeClass(buffer.Length);
        foreach (byte[]? kept in _kept[size].AsSpan(0, _counts[size]))
        {
            if (ReferenceEquals(kept, buffer)) throw new InvalidOperationException("A buffer was returned twice.");
        }
    }

    private static void RefuseIfWritten(byte[] buffer)
    {
        if (buffer.AsSpan().ContainsAnyExcept(Poison)) throw new InvalidOperationException("A buffer was written to after its return.");
    }
}
