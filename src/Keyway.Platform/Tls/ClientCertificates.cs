namespace Keyway.Platform.Tls;

/// <summary>What a server wants to see of a client.</summary>
public enum ClientCertificates : byte
{
    /// <summary>It is not asked for any.</summary>
    Ignored,

    /// <summary>It may come without one; one that it shows must be trusted.</summary>
    Optional,

    /// <summary>Without a trusted one it is refused.</summary>
    Required,
}
