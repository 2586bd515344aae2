namespace Keyway.Shard;

/// <summary>What becomes of a client's replies (CLIENT REPLY).</summary>
internal enum ReplyMode : byte
{
    On,
    Off,

    /// <summary>Those of the next command are dropped.</summary>
    SkipNext,
}
