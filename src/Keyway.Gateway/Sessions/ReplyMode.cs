namespace Keyway.Gateway.Sessions;

/// <summary>Which replies a client hears: CLIENT REPLY.</summary>
internal enum ReplyMode : byte
{
    On,

    /// <summary>None.</summary>
    Off,

    /// <summary>Not that to the next request.</summary>
    Skip,

    /// <summary>The present request, whose own reply is left out, has asked to leave out the next one too.</summary>
    SkipNext,
}
