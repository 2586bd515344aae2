namespace Keyway.Shard;

/// <summary>Kinds of keyspace events, as notify-keyspace-events names them by letters.</summary>
[Flags]
internal enum KeyspaceEvents
{
    None = 0,

    /// <summary>K: messages on __keyspace@db__:key, which say what happened.</summary>
    Keyspace = 1 << 0,

    /// <summary>E: messages on __keyevent@db__:event, which say to which key.</summary>
    Keyevent = 1 << 1,

    /// <summary>g</summary>
    Generic = 1 << 2,

    /// <summary>$</summary>
    String = 1 << 3,

    /// <summary>l</summary>
    List = 1 << 4,

    /// <summary>s</summary>
    Set = 1 << 5,

    /// <summary>h</summary>
    Hash = 1 << 6,

    /// <summary>z</summary>
    SortedSet = 1 << 7,

    /// <summary>x</summary>
    Expired = 1 << 8,

    /// <summary>e</summary>
    Evicted = 1 << 9,

    /// <summary>t</summary>
    Stream = 1 << 10,

    /// <summary>m: not part of "A".</summary>
    KeyMiss = 1 << 11,

    /// <summary>d</summary>
    Module = 1 << 13,

    /// <summary>n: not part of "A".</summary>
    New = 1 << 14,

    /// <summary>A</summary>
    All = Generic | String | List | Set | Hash | SortedSet | Expired | Evicted | Stream | Module,
}
