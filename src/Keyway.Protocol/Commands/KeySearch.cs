namespace Keyway.Protocol.Commands;

/// <summary>How the beginning of a group of keys is found.</summary>
public enum KeySearch : byte
{
    Unknown,
    Index,
    Keyword,
}
