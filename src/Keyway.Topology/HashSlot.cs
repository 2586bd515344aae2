namespace Keyway.Topology;

/// <summary>Redis Cluster's hash slots: CRC16/XMODEM of the key, or of its hash tag, mod 16384.</summary>
public static class HashSlot
{
    public const int Count = 16384;

    private const int Rows = 8;

    private static readonly ushort[] Table = MakeTable();

    public static int Of(ReadOnlySpan<byte> key) => Crc16(Tag(key)) & (Count - 1);

    /// <summary>What is hashed: the bytes between the first '{' and the first '}' after it, or the whole key where nothing stands between them.</summary>
    public static ReadOnlySpan<byte> Tag(ReadOnlySpan<byte> key)
    {
        int open = key.IndexOf((byte)'{');
        if (open < 0) return key;

        ReadOnlySpan<byte> afterOpen = key[(open + 1)..];
        int length = afterOpen.IndexOf((byte)'}');
        return length > 0 ? afterOpen[..length] : key;
    }

    /// <summary>CRC16/XMODEM: polynomial 0x1021, start 0, nothing reflected; "123456789" gives 0x31C3.</summary>
    /// <remarks>
    /// Byte by byte, each step waits for the one before. Eight at a time, eight loads run side by side: row k of the table says what a
    /// byte leaves behind once k more bytes have passed.
    /// </remarks>
    public static ushort Crc16(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ushort> table = Table;
        uint crc = 0;
        while (bytes.Length >= 8)
        {
            crc = (uint)(table[(7 * 256) + (int)(bytes[0] ^ (crc >> 8))] ^ table[(6 * 256) + (int)(bytes[1] ^ (crc & 0xFF))]
                ^ table[(5 * 256) + bytes[2]] ^ table[(4 * 256) + bytes[3]]
                ^ table[(3 * 256) + bytes[4]] ^ table[(2 * 256) + bytes[5]]
                ^ table[256 + bytes[6]] ^ table[bytes[7]]);
            bytes = bytes[8..];
        }

        if (bytes.Length >= 4)
        {
            crc = (uint)(table[(3 * 256) + (int)(bytes[0] ^ (crc >> 8))] ^ table[(2 * 256) + (int)(bytes[1] ^ (crc & 0xFF))]
                ^ table[256 + bytes[2]] ^ table[bytes[3]]);
            bytes = bytes[4..];
        }

        foreach (byte b in bytes) crc = ((crc << 8) & 0xFFFF) ^ table[(int)((crc >> 8) ^ b)];
        return (ushort)crc;
    }

    private static ushort[] MakeTable()
    {
        var table = new ushort[Rows * 256];
        for (int i = 0; i < 256; i++)
        {
            int crc = i << 8;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
            table[i] = (ushort)crc;
        }

        for (int i = 256; i < table.Length; i++)
        {
            ushort before = table[i - 256];
            table[i] = (ushort)((before << 8) ^ table[before >> 8]);
        }

        return table;
    }
}
