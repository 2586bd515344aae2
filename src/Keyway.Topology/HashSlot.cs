namespace Keyway.Topology;

/// <summary>Redis Cluster's hash slots: CRC16/XMODEM of the key, or of its hash tag, mod 16384.</summary>
public static class HashSlot
{
    public const int Count = 16384;

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
    public static ushort Crc16(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0;
        foreach (byte b in bytes) crc = ((crc << 8) & 0xFFFF) ^ Table[(crc >> 8) ^ b];
        return (ushort)crc;
    }

    private static ushort[] MakeTable()
    {
        var table = new ushort[256];
        for (int i = 0; i < table.Length; i++)
        {
            int crc = i << 8;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
            table[i] = (ushort)crc;
        }

        return table;
    }
}
