namespace Keyway.Shard.Rdb;

/// <summary>Marks that writer and reader share.</summary>
internal static class RdbFormat
{
    /// <summary>What is written; older ones are read.</summary>
    public const int Version = 10;

    /// <summary>Behind a dumped value: its version, and the checksum of all before.</summary>
    public const int DumpFooterBytes = 10;

    // The two highest bits of a length's first byte say how long it is.
    public const byte Length14 = 0x40;
    public const byte Length32 = 0x80;
    public const byte Length64 = 0x81;
    public const byte SpecialString = 0xC0;

    // Of a special string: a number in its place, or one that is packed.
    public const byte Integer8 = 0;
    public const byte Integer16 = 1;
    public const byte Integer32 = 2;
    public const byte Packed = 3;

    /// <summary>A number that has more digits than this is written as text.</summary>
    public const int LongestIntegerText = 11;

    // The container of a list's piece.
    public const int PlainNode = 1;
    public const int PackedNode = 2;

    // In place of a score's length.
    public const byte TextNotANumber = 253;
    public const byte TextInfinity = 254;
    public const byte TextMinusInfinity = 255;

    /// <summary>A module's type as nine letters of six bits each, above ten bits of a version.</summary>
    public static string ModuleName(ulong id)
    {
        const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return string.Create(9, id >> 10, static (name, bits) =>
        {
            for (int i = name.Length - 1; i >= 0; i--, bits >>= 6) name[i] = Letters[(int)(bits & 63)];
        });
    }

    /// <summary>What a type is that newer servers write and this one has no values for.</summary>
    public static string NameOfUnknown(byte type) => type switch
    {
        22 or 24 => ", a hash with fields that expire",
        23 or 25 => ", a small hash with fields that expire",
        _ => "",
    };
}
