namespace Keyway.Protocol.Commands;

/// <summary>How the keys among the arguments are found where key specifications do not say it exactly.</summary>
internal enum KeyRule : byte
{
    /// <summary>The specifications say it all.</summary>
    Specified,

    /// <summary>The first half of what follows STREAMS, which a group or consumer may be named too.</summary>
    Streams,

    /// <summary>The first argument and what follows STORE, which may also be the value of BY or GET.</summary>
    Sort,

    /// <summary>The first argument and what follows STORE or STOREDIST.</summary>
    GeoStore,

    /// <summary>The third argument, or where that is empty all that follow KEYS.</summary>
    Migrate,
}
