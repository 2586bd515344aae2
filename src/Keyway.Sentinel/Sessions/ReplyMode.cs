namespace Keyway.Sentinel.Sessions;

/// <summary>CLIENT REPLY.</summary>
internal enum ReplyMode
{
    On,
    Off,

    /// <summary>The next command is not answered, and then it is On again.</summary>
    SkipNext,
}
