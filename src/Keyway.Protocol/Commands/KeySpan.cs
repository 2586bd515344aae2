namespace Keyway.Protocol.Commands;

/// <summary>How the end of a group of keys is found.</summary>
public enum KeySpan : byte
{
    Unknown,

    /// <summary>By the number of arguments.</summary>
    Range,

    /// <summary>By a number among the arguments.</summary>
    Counted,
}
