namespace Keyway.Shard.Rdb;

/// <summary>What a dump begins with, and each value in a file: its kind and how it is laid out.</summary>
internal enum RdbType : byte
{
    String = 0,
    List = 1,
    Set = 2,

    /// <summary>Scores as text.</summary>
    SortedSetWithText = 3,

    Hash = 4,

    /// <summary>Scores as eight bytes.</summary>
    SortedSet = 5,

    /// <summary>A module's value, of which nobody but the module can say how long it is.</summary>
    ModuleBefore4 = 6,

    Module = 7,
    HashZipmap = 9,
    ListZiplist = 10,
    SetIntset = 11,
    SortedSetZiplist = 12,
    HashZiplist = 13,

    /// <summary>Several ziplists.</summary>
    ListZiplists = 14,

    /// <summary>Without what 7.0 added.</summary>
    StreamBefore7 = 15,

    HashListpack = 16,
    SortedSetListpack = 17,

    /// <summary>Several listpacks, or single elements.</summary>
    ListListpacks = 18,

    Stream = 19,

    /// <summary>From 7.2 on; this server reads it, in files.</summary>
    SetListpack = 20,

    /// <summary>Likewise: consumers know when they last did something.</summary>
    StreamFrom72 = 21,
}
