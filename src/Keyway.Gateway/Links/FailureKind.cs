namespace Keyway.Gateway.Links;

/// <summary>Why a link ended: what the breaker and the metrics do differs.</summary>
internal enum FailureKind : byte
{
    /// <summary>Nobody could be reached at the address.</summary>
    Refused,

    /// <summary>It worked, and then the connection went.</summary>
    Lost,

    /// <summary>Silence for too long.</summary>
    Timeout,

    /// <summary>Something that is not an answer to what was asked.</summary>
    Protocol,

    /// <summary>It answered, and refused our credentials, version or database.</summary>
    Handshake,

    /// <summary>It answers, and has not got its data yet.</summary>
    Loading,

    /// <summary>We have no more use for it.</summary>
    Retired,
}
