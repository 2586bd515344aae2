using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Keyway.Topology.Twemproxy;

/// <summary>
/// nutcracker's key hashes, bit for bit as 0.5.0 computes them, its deviations included: keys live on under the placement that these
/// gave them. Held to a running nutcracker by the tests.
/// </summary>
internal static class KeyHash
{
    private static readonly uint[] Crc32Table = MakeCrc32Table();
    private static readonly ushort[] Crc16Table = MakeCrc16Table();

    public static uint Of(TwemproxyHash hash, ReadOnlySpan<byte> key) => hash switch
    {
        TwemproxyHash.OneAtATime => OneAtATime(key),
        TwemproxyHash.Md5 => Md5(key),
        TwemproxyHash.Crc16 => Crc16(key),
        TwemproxyHash.Crc32 => (Crc32(key) >> 16) & 0x7FFF,   // what memcached's clients once took for a CRC32
        TwemproxyHash.Crc32a => Crc32(key),
        TwemproxyHash.Fnv1_64 => Fnv1_64(key),
        TwemproxyHash.Fnv1a_64 => Fnv1a_64(key),
        TwemproxyHash.Fnv1_32 => Fnv1_32(key),
        TwemproxyHash.Fnv1a_32 => Fnv1a_32(key),
        TwemproxyHash.Hsieh => Hsieh(key),
        TwemproxyHash.Murmur => Murmur(key),
        TwemproxyHash.Jenkins => Jenkins(key),
        _ => throw new ArgumentOutOfRangeException(nameof(hash)),
    };

    /// <summary>A byte as nutcracker's C sees a char: bytes from 0x80 carry their sign into the upper bits.</summary>
    private static uint Signed(byte b) => (uint)(sbyte)b;

    private static uint OneAtATime(ReadOnlySpan<byte> key)
    {
        uint value = 0;
        foreach (byte b in key)
        {
            value += Signed(b);
            value += value << 10;
            value ^= value >> 6;
        }

        value += value << 3;
        value ^= value >> 11;
        value += value << 15;
        return value;
    }

    /// <summary>The first four bytes of the digest.</summary>
    private static uint Md5(ReadOnlySpan<byte> key)
    {
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(key, digest);
        return BinaryPrimitives.ReadUInt32LittleEndian(digest);
    }

    /// <summary>CRC16/XMODEM in a 32-bit register that is never cut back to 16 bits.</summary>
    private static uint Crc16(ReadOnlySpan<byte> key)
    {
        uint crc = 0;
        foreach (byte b in key) crc = (crc << 8) ^ Crc16Table[(byte)((crc >> 8) ^ b)];
        return crc;
    }

    private static uint Crc32(ReadOnlySpan<byte> key)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in key) crc = (crc >> 8) ^ Crc32Table[(byte)(crc ^ b)];
        return ~crc;
    }

    private static uint Fnv1_64(ReadOnlySpan<byte> key)
    {
        uint value = Fnv64Start;
        foreach (byte b in key) value = (value * Fnv64Prime) ^ Signed(b);
        return value;
    }

    private static uint Fnv1a_64(ReadOnlySpan<byte> key)
    {
        uint value = Fnv64Start;
        foreach (byte b in key) value = (value ^ Signed(b)) * Fnv64Prime;
        return value;
    }

    private static uint Fnv1_32(ReadOnlySpan<byte> key)
    {
        uint value = Fnv32Start;
        foreach (byte b in key) value = (value * Fnv32Prime) ^ Signed(b);
        return value;
    }

    private static uint Fnv1a_32(ReadOnlySpan<byte> key)
    {
        uint value = Fnv32Start;
        foreach (byte b in key) value = (value ^ Signed(b)) * Fnv32Prime;
        return value;
    }

    // Of the 64-bit FNV only the low half is used, and that depends on the low halves alone.
    private const uint Fnv64Start = 0x84222325;
    private const uint Fnv64Prime = 0x1B3;
    private const uint Fnv32Start = 2166136261;
    private const uint Fnv32Prime = 16777619;

    /// <summary>Paul Hsieh's SuperFastHash, started from 0.</summary>
    private static uint Hsieh(ReadOnlySpan<byte> key)
    {
        if (key.IsEmpty) return 0;

        uint value = 0;
        ReadOnlySpan<byte> rest = key;
        for (; rest.Length >= 4; rest = rest[4..])
        {
            value += BinaryPrimitives.ReadUInt16LittleEndian(rest);
            uint mixed = ((uint)BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]) << 11) ^ value;
            value = (value << 16) ^ mixed;
            value += value >> 11;
        }

        switch (rest.Length)
        {
            case 3:
                value += BinaryPrimitives.ReadUInt16LittleEndian(rest);
                value ^= value << 16;
                value ^= Signed(rest[2]) << 18;
                value += value >> 11;
                break;
            case 2:
                value += BinaryPrimitives.ReadUInt16LittleEndian(rest);
                value ^= value << 11;
                value += value >> 17;
                break;
            case 1:
                value += rest[0];                    // the lone last byte is the one that carries no sign
                value ^= value << 10;
                value += value >> 1;
                break;
        }

        value ^= value << 3;
        value += value >> 5;
        value ^= value << 4;
        value += value >> 17;
        value ^= value << 25;
        value += value >> 6;
        return value;
    }

    /// <summary>MurmurHash2, seeded with the length.</summary>
    private static uint Murmur(ReadOnlySpan<byte> key)
    {
        const uint multiplier = 0x5BD1E995;
        uint value = (0xDEADBEEF * (uint)key.Length) ^ (uint)key.Length;

        ReadOnlySpan<byte> rest = key;
        for (; rest.Length >= 4; rest = rest[4..])
        {
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(rest) * multiplier;
            word ^= word >> 24;
            value = (value * multiplier) ^ (word * multiplier);
        }

        if (!rest.IsEmpty)
        {
            for (int i = rest.Length - 1; i >= 0; i--) value ^= (uint)rest[i] << (8 * i);
            value *= multiplier;
        }

        value ^= value >> 13;
        value *= multiplier;
        value ^= value >> 15;
        return value;
    }

    /// <summary>Bob Jenkins' lookup3 with the initial value 13.</summary>
    private static uint Jenkins(ReadOnlySpan<byte> key)
    {
        uint a, b, c;
        a = b = c = 0xDEADBEEF + (uint)key.Length + 13;

        ReadOnlySpan<byte> rest = key;
        for (; rest.Length > 12; rest = rest[12..])
        {
            a += BinaryPrimitives.ReadUInt32LittleEndian(rest);
            b += BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            c += BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]);
            a = (a - c) ^ BitOperations.RotateLeft(c, 4);
            c += b;
            b = (b - a) ^ BitOperations.RotateLeft(a, 6);
            a += c;
            c = (c - b) ^ BitOperations.RotateLeft(b, 8);
            b += a;
            a = (a - c) ^ BitOperations.RotateLeft(c, 16);
            c += b;
            b = (b - a) ^ BitOperations.RotateLeft(a, 19);
            a += c;
            c = (c - b) ^ BitOperations.RotateLeft(b, 4);
            b += a;
        }

        if (rest.IsEmpty) return c;

        Span<byte> tail = stackalloc byte[12];
        tail.Clear();
        rest.CopyTo(tail);
        a += BinaryPrimitives.ReadUInt32LittleEndian(tail);
        b += BinaryPrimitives.ReadUInt32LittleEndian(tail[4..]);
        c += BinaryPrimitives.ReadUInt32LittleEndian(tail[8..]);

        c = (c ^ b) - BitOperations.RotateLeft(b, 14);
        a = (a ^ c) - BitOperations.RotateLeft(c, 11);
        b = (b ^ a) - BitOperations.RotateLeft(a, 25);
        c = (c ^ b) - BitOperations.RotateLeft(b, 16);
        a = (a ^ c) - BitOperations.RotateLeft(c, 4);
        b = (b ^ a) - BitOperations.RotateLeft(a, 14);
        c = (c ^ b) - BitOperations.RotateLeft(b, 24);
        return c;
    }

    private static uint[] MakeCrc32Table()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            table[i] = crc;
        }

        return table;
    }

    private static ushort[] MakeCrc16Table()
    {
        var table = new ushort[256];
        for (int i = 0; i < table.Length; i++) table[i] = HashSlot.Crc16([(byte)i]);
        return table;
    }
}
