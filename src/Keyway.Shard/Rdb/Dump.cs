using System.Buffers.Binary;

namespace Keyway.Shard.Rdb;

/// <summary>
/// One value as bytes that another server can take:
/// <code>type:u8 value version:u16 checksum:u64</code>
/// </summary>
internal static class Dump
{
    /// <summary>Whether the bytes end as a dump does, with a version that we read and the right checksum. The value is still to be checked.</summary>
    /// <param name="dump">All of it.</param>
    /// <param name="skipsChecksum">For tests: a wrong checksum is taken too.</param>
    public static bool IsSealed(ReadOnlySpan<byte> dump, bool skipsChecksum = false)
    {
        if (dump.Length < RdbFormat.DumpFooterBytes) return false;
        ReadOnlySpan<byte> footer = dump[^RdbFormat.DumpFooterBytes..];
        if (BinaryPrimitives.ReadUInt16LittleEndian(footer) > RdbFormat.Version) return false;
        return skipsChecksum || BinaryPrimitives.ReadUInt64LittleEndian(footer[2..]) == Crc64.Append(0, dump[..^sizeof(ulong)]);
    }

    /// <summary>Reads the value of a sealed dump: then it is to be stored or, unless it is complete, discarded.</summary>
    /// <param name="dump">All of it.</param>
    /// <param name="reader">Reads it.</param>
    /// <param name="value">What the reader read from.</param>
    /// <returns>False when it holds no value.</returns>
    public static bool TryRead(ReadOnlySpan<byte> dump, RdbValueReader reader, out ReadOnlySpan<byte> value)
    {
        value = dump[..^RdbFormat.DumpFooterBytes];
        if (value.IsEmpty || !reader.TryBegin(value[0])) return false;

        value = value[1..];
        if (reader.Read(value, out _) == RdbReadStatus.Complete) return true;
        reader.Discard();
        return false;
    }
}
