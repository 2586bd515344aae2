namespace Keyway.Platform.Tls;

/// <summary>A connection ended because its two ends could not agree, or because one of them broke the protocol.</summary>
public sealed class TlsException : IOException
{
    public TlsException(string reason, bool isHandshake, Exception? cause = null)
        : base(reason, cause) => IsHandshake = isHandshake;

    /// <summary>Nothing had been exchanged yet: the peer is no TLS speaker, has no certificate that we trust, or does not trust ours.</summary>
    public bool IsHandshake { get; }
}
