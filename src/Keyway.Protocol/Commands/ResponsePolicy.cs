namespace Keyway.Protocol.Commands;

/// <summary>How the gateway makes one reply of the shards' replies. Unless it says otherwise, an error from any shard is the reply.</summary>
public enum ResponsePolicy : byte
{
    /// <summary>There is only one.</summary>
    AsIs,

    /// <summary>The integers added up.</summary>
    Sum,

    /// <summary>The first one, if none is an error.</summary>
    AllSucceeded,

    /// <summary>The elements of all in the order in which their keys were asked for.</summary>
    KeyOrder,

    /// <summary>The elements of all, in any order.</summary>
    Concatenate,

    /// <summary>At each position 1 if all say 1.</summary>
    LogicalAnd,

    /// <summary>The first one that is not an error, or an error if all are.</summary>
    OneSucceeded,

    /// <summary>The smallest integer.</summary>
    Minimum,

    /// <summary>In a way of the command's own.</summary>
    Special,
}
