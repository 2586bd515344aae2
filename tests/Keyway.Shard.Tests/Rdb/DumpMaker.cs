using System.Buffers.Binary;
using System.Text;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Tests.Rdb;

/// <summary>Dumps as older servers made them, and damaged ones with a right checksum. Text is Latin-1.</summary>
internal static class DumpMaker
{
    /// <summary>Puts the footer behind a type and a value.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> value, int version = RdbFormat.Version)
    {
        byte[] dump = [.. value, (byte)version, (byte)(version >> 8), .. new byte[8]];
        BinaryPrimitives.WriteUInt64LittleEndian(dump.AsSpan(dump.Length - 8), Crc64.Append(0, dump.AsSpan(0, dump.Length - 8)));
        return dump;
    }

    public static byte[] Unseal(byte[] dump) => dump[..^RdbFormat.DumpFooterBytes];

    /// <summary>A string with its length, as it is.</summary>
    public static byte[] Text(string text) => Blob(Encoding.Latin1.GetBytes(text));

    public static byte[] Blob(byte[] bytes) => [.. Length(bytes.Length), .. bytes];

    public static byte[] Length(int length)
    {
        var bytes = new byte[5];
        bytes[0] = RdbFormat.Length32;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), length);
        return length < 64 ? [(byte)length] : length < 1 << 14 ? [(byte)(RdbFormat.Length14 | (length >> 8)), (byte)length] : bytes;
    }

    public static byte[] Ziplist(params string[] elements)
    {
        var entries = new List<byte>();
        int before = 0;
        int last = 10;
        foreach (string element in elements)
        {
            byte[] entry = [.. before < 254 ? [(byte)before] : (byte[])[254, .. LittleEndian(before, 4)], .. ZiplistData(element)];
            last = 10 + entries.Count;
            entries.AddRange(entry);
            before = entry.Length;
        }

        return [.. LittleEndian(11 + entries.Count, 4), .. LittleEndian(last, 4), .. LittleEndian(elements.Length, 2), .. entries, 0xFF];
    }

    /// <param name="unused">Bytes that are free behind each value.</param>
    /// <param name="pairs">Fields and values in turns.</param>
    public static byte[] Zipmap(int unused, params string[] pairs)
    {
        var bytes = new List<byte> { (byte)Math.Min(254, pairs.Length / 2) };
        for (int i = 0; i < pairs.Length; i++)
        {
            string text = pairs[i];
            if (text.Length < 254) bytes.Add((byte)text.Length);
            else bytes.AddRange([254, .. LittleEndian(text.Length, 4)]);
            if (i % 2 == 1) bytes.Add((byte)unused);
            bytes.AddRange(Encoding.Latin1.GetBytes(text));
            if (i % 2 == 1) bytes.AddRange(new byte[unused]);
        }

        bytes.Add(0xFF);
        return [.. bytes];
    }

    private static byte[] ZiplistData(string element)
    {
        if (element.Length < 20 && long.TryParse(element, out long number) && number.ToString() == element)
        {
            return number switch
            {
                >= 0 and <= 12 => [(byte)(0xF1 + number)],
                >= sbyte.MinValue and <= sbyte.MaxValue => [0xFE, (byte)number],
                >= short.MinValue and <= short.MaxValue => [0xC0, .. LittleEndian(number, 2)],
                >= -(1 << 23) and < 1 << 23 => [0xF0, .. LittleEndian(number, 3)],
                >= int.MinValue and <= int.MaxValue => [0xD0, .. LittleEndian(number, 4)],
                _ => [0xE0, .. LittleEndian(number, 8)],
            };
        }

        byte[] text = Encoding.Latin1.GetBytes(element);
        return text.Length switch
        {
            < 64 => [(byte)text.Length, .. text],
            < 1 << 14 => [(byte)(0x40 | (text.Length >> 8)), (byte)text.Length, .. text],
            _ => [0x80, (byte)(text.Length >> 24), (byte)(text.Length >> 16), (byte)(text.Length >> 8), (byte)text.Length, .. text],
        };
    }

    private static byte[] LittleEndian(long number, int bytes)
    {
        var all = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(all, number);
        return all[..bytes];
    }
}
