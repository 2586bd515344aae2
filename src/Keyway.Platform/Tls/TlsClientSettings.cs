using System.Net.Security;
using System.Security.Authentication;

namespace Keyway.Platform.Tls;

/// <summary>What we show when we connect, and whom we believe. Immutable; other certificates are other settings.</summary>
public sealed class TlsClientSettings
{
    private readonly SslStreamCertificateContext? identity;
    private readonly TlsTrust trust;
    private readonly CipherSuitesPolicy? ciphers;
    private readonly SslProtocols protocols;

    private TlsClientSettings(TlsOptions options)
    {
        identity = options.CertificateFile.Length == 0 ? null : TlsIdentity.Load(options.CertificateFile, options.KeyFile, options.KeyPassword);
        trust = TlsTrust.Load(options.AuthorityFile, options.AuthorityFolder);
        ciphers = TlsCiphers.Policy(options.Ciphers, options.CipherSuites);
        protocols = options.Protocols;
        HandshakeLimit = options.HandshakeLimit;
    }

    public TimeSpan HandshakeLimit { get; }

    /// <exception cref="TlsConfigurationException">A file is missing or wrong.</exception>
    public static TlsClientSettings Load(TlsOptions options) => new(options);

    internal SslClientAuthenticationOptions For(RemoteCertificateValidationCallback validate) => new()
    {
        // No name is asked for: servers are recognized by their authority alone, as Redis does it.
        TargetHost = "",
        ClientCertificateContext = identity,
        CertificateChainPolicy = trust.Policy(),
        RemoteCertificateValidationCallback = validate,
        EnabledSslProtocols = protocols,
        CipherSuitesPolicy = ciphers,
        AllowRenegotiation = false,
        EncryptionPolicy = EncryptionPolicy.RequireEncryption,
    };
}
