namespace Keyway.Shard.Rdb;

/// <summary>How far reading has come.</summary>
internal enum RdbReadStatus
{
    /// <summary>All of it is there.</summary>
    Complete,

    /// <summary>So far it is right, but there must be more.</summary>
    Incomplete,

    /// <summary>It is damaged, whatever may follow.</summary>
    Corrupt,

    /// <summary>A collection without elements: right as a form, but no value that a key could hold.</summary>
    Empty,
}
