namespace Keyway.Protocol.Commands;

/// <summary>What is known of the keys of a request that is still arriving.</summary>
public enum PartialKeys : byte
{
    /// <summary>All of its keys have come, or it has none; what follows cannot add one.</summary>
    Certain,

    /// <summary>Later arguments may be keys or say which are.</summary>
    NeedMore,

    /// <summary>No server would run it, whatever follows: the list holds the error.</summary>
    Invalid,
}
