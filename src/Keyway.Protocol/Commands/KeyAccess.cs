namespace Keyway.Protocol.Commands;

/// <summary>What a command does with a key, in the order in which COMMAND lists it.</summary>
[Flags]
public enum KeyAccess : ushort
{
    /// <summary>Reads the value, or facts about it, and changes it.</summary>
    RW = 1 << 0,

    /// <summary>Only reads.</summary>
    RO = 1 << 1,

    /// <summary>Overwrites without regard to the former value.</summary>
    OW = 1 << 2,

    /// <summary>Removes without regard to the value.</summary>
    RM = 1 << 3,

    /// <summary>Something of the value reaches the client, or another key.</summary>
    Access = 1 << 4,
    Update = 1 << 5,
    Insert = 1 << 6,
    Delete = 1 << 7,

    /// <summary>Routed like a key but none: a shard channel.</summary>
    NotKey = 1 << 8,

    /// <summary>The specification may miss some keys.</summary>
    Incomplete = 1 << 9,

    /// <summary>The other arguments decide; see <see cref="KeyExtractor.ExactAccess"/>.</summary>
    VariableFlags = 1 << 10,

    /// <summary>
    /// Ours, never reported: a destination that a later one replaces, as a in <c>SORT k STORE a STORE b</c>. Redis 7.0 writes the last one; who
    /// cannot know what stands behind the wire demands that they agree.
    /// </summary>
    Superseded = 1 << 11,
}
