namespace Keyway.Shard.Keyspace.HyperLogLogs;

/// <summary>All registers, six bits each, packed from the lowest bit of the first byte on.</summary>
internal static class DenseRegisters
{
    public const int Bytes = HyperLogLog.Registers * Bits / 8;

    private const int Bits = 6;
    private const int Largest = (1 << Bits) - 1;

    public static int Get(ReadOnlySpan<byte> packed, int index)
    {
        int bit = index * Bits;
        int at = bit >> 3;
        int window = packed[at] | (at + 1 < packed.Length ? packed[at + 1] << 8 : 0);
        return (window >> (bit & 7)) & Largest;
    }

    /// <summary>Makes the register at least so large; false when it was.</summary>
    public static bool Raise(Span<byte> packed, int index, int value)
    {
        if (Get(packed, index) >= value) return false;

        int bit = index * Bits;
        int at = bit >> 3;
        int shift = bit & 7;
        packed[at] = (byte)((packed[at] & ~(Largest << shift)) | (value << shift));
        if (shift > 8 - Bits)
        {
            int carried = 8 - shift;
            packed[at + 1] = (byte)((packed[at + 1] & ~(Largest >> carried)) | (value >> carried));
        }

        return true;
    }

    public static void Merge(ReadOnlySpan<byte> packed, Span<byte> registers)
    {
        // Three bytes hold four registers.
        for (int at = 0, i = 0; i < HyperLogLog.Registers; at += 3, i += 4)
        {
            int four = packed[at] | (packed[at + 1] << 8) | (packed[at + 2] << 16);
            for (int j = 0; j < 4; j++)
            {
                var value = (byte)((four >> (Bits * j)) & Largest);
                if (value > registers[i + j]) registers[i + j] = value;
            }
        }
    }

    public static void Pack(ReadOnlySpan<byte> registers, Span<byte> packed)
    {
        for (int at = 0, i = 0; i < HyperLogLog.Registers; at += 3, i += 4)
        {
            int four = registers[i] | (registers[i + 1] << 6) | (registers[i + 2] << 12) | (registers[i + 3] << 18);
            packed[at] = (byte)four;
            packed[at + 1] = (byte)(four >> 8);
            packed[at + 2] = (byte)(four >> 16);
        }
    }
}
