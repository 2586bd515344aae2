using System.Buffers.Binary;

namespace Keyway.Shard.Rdb;

/// <summary>The checksum behind dumps and files: 64 bits, the Jones polynomial, lowest bit first, beginning with zero.</summary>
internal static class Crc64
{
    private const ulong Polynomial = 0x95AC9329AC4BC9B5;      // 0xAD93D23594C935A9 read from its other end
    private const int Slices = 8;

    // Eight bytes at a time: the slice of a byte says what it does to the sum when so many bytes follow it.
    private static readonly ulong[] Tables = ComputeTables();

    public static ulong Append(ulong sum, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> tables = Tables;
        while (bytes.Length >= Slices)
        {
            ulong block = sum ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            sum = tables[(7 * 256) + (int)(block & 255)]
                ^ tables[(6 * 256) + (int)((block >> 8) & 255)]
                ^ tables[(5 * 256) + (int)((block >> 16) & 255)]
                ^ tables[(4 * 256) + (int)((block >> 24) & 255)]
                ^ tables[(3 * 256) + (int)((block >> 32) & 255)]
                ^ tables[(2 * 256) + (int)((block >> 40) & 255)]
                ^ tables[256 + (int)((block >> 48) & 255)]
                ^ tables[(int)(block >> 56)];
            bytes = bytes[Slices..];
        }

        foreach (byte b in bytes) sum = tables[(int)((sum ^ b) & 255)] ^ (sum >> 8);
        return sum;
    }

    private static ulong[] ComputeTables()
    {
        var tables = new ulong[Slices * 256];
        for (int b = 0; b < 256; b++)
        {
            ulong sum = (ulong)b;
            for (int bit = 0; bit < 8; bit++) sum = (sum & 1) != 0 ? (sum >> 1) ^ Polynomial : sum >> 1;
            tables[b] = sum;
        }

        for (int i = 256; i < tables.Length; i++)
        {
            ulong before = tables[i - 256];
            tables[i] = tables[(int)(before & 255)] ^ (before >> 8);
        }

        return tables;
    }
}
