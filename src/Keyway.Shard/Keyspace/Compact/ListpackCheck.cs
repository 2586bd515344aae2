using System.Buffers.Binary;

namespace Keyway.Shard.Keyspace.Compact;

/// <summary>Tells whether bytes from outside are a listpack: after that they may be trusted.</summary>
internal static class ListpackCheck
{
    /// <param name="bytes">What claims to be a listpack, all of it.</param>
    /// <param name="count">The elements that it holds.</param>
    public static bool IsValid(ReadOnlySpan<byte> bytes, out int count)
    {
        count = 0;
        if (bytes.Length < Listpack.EmptyBytes || Listpack.BytesOf(bytes) != bytes.Length || bytes[^1] != 0xFF) return false;

        int at = Listpack.HeaderBytes;
        int end = bytes.Length - 1;
        while (at < end)
        {
            if (!IsElement(bytes[at..end], out int size)) return false;
            at += size;
            count++;
        }

        int noted = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
        return noted == ushort.MaxValue || noted == count;
    }

    private static bool IsElement(ReadOnlySpan<byte> bytes, out int size)
    {
        size = 0;
        byte first = bytes[0];
        int headerBytes = (first & 0xF0) == 0xE0 ? 2 : first == 0xF0 ? 5 : 1;
        if (first > 0xF4 || bytes.Length < headerBytes) return false;

        // A length of 32 bits may be anything, a negative number too.
        long body = first == 0xF0 ? 5L + BinaryPrimitives.ReadUInt32LittleEndian(bytes[1..]) : Listpack.BodyBytes(bytes);
        if (body >= bytes.Length) return false;

        int backBytes = Listpack.BackLengthBytes((int)body);
        if (body + backBytes > bytes.Length) return false;

        for (int i = 0; i < backBytes; i++)
        {
            int part = (int)(body >> (7 * (backBytes - 1 - i))) & 127;
            if (bytes[(int)body + i] != (i == 0 ? part : part | 128)) return false;
        }

        size = (int)body + backBytes;
        return true;
    }
}
