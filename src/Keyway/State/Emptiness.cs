namespace Keyway.State;

/// <summary>Whether a shard holds keys, in all of its databases.</summary>
public enum Emptiness : byte
{
    /// <summary>It cannot be reached, and counts as full.</summary>
    Unknown,

    Empty,

    HasKeys,

    /// <summary>It does not run, and has files in which there may be keys.</summary>
    HasFiles,
}
