namespace Keyway.Protocol.Commands;

/// <summary>What a search for a request's keys has come to.</summary>
public enum KeyStatus : byte
{
    /// <summary>There are keys, and the list holds all of them.</summary>
    Found,

    /// <summary>The request touches no key that it names.</summary>
    None,

    /// <summary>No server would run it: the list holds the error.</summary>
    Invalid,
}
