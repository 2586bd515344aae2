using System.Buffers.Binary;

namespace Keyway.Shard.Keyspace.HyperLogLogs;

/// <summary>MurmurHash2 for 64 bits, variant A, on little-endian words: the hash that Redis's HyperLogLogs are made with.</summary>
internal static class MurmurHash
{
    private const ulong Multiplier = 0xc6a4a7935bd1e995;
    private const int Shift = 47;

    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed)
    {
        ulong hash = seed ^ ((ulong)bytes.Length * Multiplier);
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bytes) * Multiplier;
            word = (word ^ (word >> Shift)) * Multiplier;
            hash = (hash ^ word) * Multiplier;
        }

        if (bytes.Length > 0)
        {
            ulong tail = 0;
            for (int i = bytes.Length - 1; i >= 0; i--) tail = (tail << 8) | bytes[i];
            hash = (hash ^ tail) * Multiplier;
        }

        hash = (hash ^ (hash >> Shift)) * Multiplier;
        return hash ^ (hash >> Shift);
    }
}
