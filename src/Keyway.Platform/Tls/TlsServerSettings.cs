using System.Net.Security;
using System.Security.Authentication;

namespace Keyway.Platform.Tls;

/// <summary>What a listener shows and asks for. Immutable and shared by its connections; other certificates are other settings.</summary>
public sealed class TlsServerSettings
{
    private readonly SslStreamCertificateContext identity;
    private readonly TlsTrust trust;
    private readonly CipherSuitesPolicy? ciphers;
    private readonly SslProtocols protocols;
    private readonly bool resumes;

    private TlsServerSettings(TlsOptions options)
    {
        if (options.CertificateFile.Length == 0) throw new TlsConfigurationException("No tls-cert-file configured!");
        if (options.KeyFile.Length == 0) throw new TlsConfigurationException("No tls-key-file configured!");

        identity = TlsIdentity.Load(options.CertificateFile, options.KeyFile, options.KeyPassword);
        trust = TlsTrust.Load(options.AuthorityFile, options.AuthorityFolder);
        ciphers = TlsCiphers.Policy(options.Ciphers, options.CipherSuites);
        protocols = options.Protocols;
        resumes = options.Resumes;
        Clients = options.Clients;
        HandshakeLimit = options.HandshakeLimit;
    }

    public TimeSpan HandshakeLimit { get; }

    internal ClientCertificates Clients { get; }

    /// <exception cref="TlsConfigurationException">A file is missing or wrong.</exception>
    public static TlsServerSettings Load(TlsOptions options) => new(options);

    internal SslServerAuthenticationOptions For(RemoteCertificateValidationCallback validate) => new()
    {
        ServerCertificateContext = identity,
        ClientCertificateRequired = Clients != ClientCertificates.Ignored,
        CertificateChainPolicy = trust.Policy(),
        RemoteCertificateValidationCallback = validate,
        EnabledSslProtocols = protocols,
        CipherSuitesPolicy = ciphers,
        AllowTlsResume = resumes,
        AllowRenegotiation = false,
        EncryptionPolicy = EncryptionPolicy.RequireEncryption,
    };
}
