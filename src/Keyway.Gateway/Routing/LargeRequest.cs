namespace Keyway.Gateway.Routing;

/// <summary>What becomes of a large request that is still arriving.</summary>
internal enum LargeRequest : byte
{
    /// <summary>Its owner is not certain yet, or it has several: it is collected.</summary>
    Collects,

    /// <summary>It is on its way through a private link (or, refused, on its way to nowhere).</summary>
    Streams,

    /// <summary>It cannot begin yet; nothing of it has been taken.</summary>
    Waits,

    /// <summary>It passes a limit: the client has been told and is being closed.</summary>
    Refused,
}
