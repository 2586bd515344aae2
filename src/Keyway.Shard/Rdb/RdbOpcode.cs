namespace Keyway.Shard.Rdb;

/// <summary>What stands in a file where a value's type may stand, and says that something else follows.</summary>
internal enum RdbOpcode : byte
{
    /// <summary>The first value that is no type. What lies between the two is neither.</summary>
    First = SlotInfo,

    /// <summary>How full a hash slot is; only a server in cluster mode writes it.</summary>
    SlotInfo = 244,

    /// <summary>The source of a library of functions.</summary>
    Function = 245,

    /// <summary>The same as release candidates of 7.0 wrote it.</summary>
    EarlyFunction = 246,

    ModuleAux = 247,

    /// <summary>Seconds since the next key was used.</summary>
    Idle = 248,

    /// <summary>The next key's counter of uses.</summary>
    Frequency = 249,

    Aux = 250,

    /// <summary>How many keys the database has, and how many of them expire.</summary>
    Sizes = 251,

    ExpiryMs = 252,
    ExpirySeconds = 253,
    Database = 254,
    End = 255,
}
