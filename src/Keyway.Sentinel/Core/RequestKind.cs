namespace Keyway.Sentinel.Core;

/// <summary>What the reply to a command is read as.</summary>
internal enum RequestKind
{
    Ping,
    Info,
    Publish,
    IsMasterDown,

    /// <summary>Sent for its effect: what it did is seen in INFO.</summary>
    Discard,
}
