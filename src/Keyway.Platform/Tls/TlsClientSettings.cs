using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Keyway.Platform.Tls;

/// <summary>What we show when we connect, and whom we believe. Immutable; other certificates are other settings, equal ones are equal settings.</summary>
public sealed class TlsClientSettings : IEquatable<TlsClientSettings>
{
    private readonly SslStreamCertificateContext? identity;
    private readonly TlsTrust trust;
    private readonly CipherSuitesPolicy? ciphers;
    private readonly SslProtocols protocols;
    private readonly bool comparesNames;
    private readonly string serverName;
    private readonly string digest;

    private TlsClientSettings(TlsOptions options)
    {
        identity = options.CertificateFile.Length == 0 ? null : TlsIdentity.Load(options.CertificateFile, options.KeyFile, options.KeyPassword);
        trust = TlsTrust.Load(options.AuthorityFile, options.AuthorityFolder, options.TrustsSystem);
        ciphers = TlsCiphers.Policy(options.Ciphers, options.CipherSuites);
        protocols = options.Protocols;
        comparesNames = options.ComparesNames;
        serverName = options.ServerName;
        HandshakeLimit = options.HandshakeLimit;
        digest = DigestOf(options);
    }

    public TimeSpan HandshakeLimit { get; }

    /// <exception cref="TlsConfigurationException">A file is missing or wrong.</exception>
    public static TlsClientSettings Load(TlsOptions options) => new(options);

    /// <summary>For a blocking conversation over this stream, on a thread that may wait.</summary>
    /// <exception cref="TlsException">The two ends could not agree.</exception>
    public SslStream Secure(Stream transport, EndPoint endPoint)
    {
        string? refusal = null;
        var stream = new SslStream(transport);
        try
        {
            string? name = WantedName(endPoint);
            stream.AuthenticateAsClient(For(name, (_, certificate, chain, errors) => (refusal = TlsTrust.WhyRefused(certificate, chain, errors, name)) == null));
            return stream;
        }
        catch (Exception error) when (error is AuthenticationException or IOException or CryptographicException)
        {
            stream.Dispose();
            throw new TlsException(refusal ?? error.GetBaseException().Message, isHandshake: true, error);
        }
    }

    public bool Equals(TlsClientSettings? other) => other is not null && digest == other.digest;

    public override bool Equals(object? other) => Equals(other as TlsClientSettings);

    public override int GetHashCode() => digest.GetHashCode(StringComparison.Ordinal);

    /// <summary>The name that the certificate of the server at this address must carry; null where names are not compared.</summary>
    internal string? WantedName(EndPoint endPoint)
    {
        if (!comparesNames) return null;
        if (serverName.Length > 0) return serverName;
        return endPoint switch
        {
            DnsEndPoint name => name.Host,
            IPEndPoint ip => $"{ip.Address}",
            _ => "localhost",
        };
    }

    // By what was read: a certificate that was renewed in its file is another one.
    private string DigestOf(TlsOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{protocols} {options.Ciphers} {options.CipherSuites} {HandshakeLimit} {options.TrustsSystem} {comparesNames} {serverName}\n"));
        if (identity != null)
        {
            hash.AppendData(identity.TargetCertificate.RawData);
            foreach (X509Certificate2 certificate in identity.IntermediateCertificates) hash.AppendData(certificate.RawData);
        }

        hash.AppendData("\n"u8);
        foreach (X509Certificate2 authority in trust.Authorities) hash.AppendData(authority.RawData);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    internal SslClientAuthenticationOptions For(string? wantedName, RemoteCertificateValidationCallback validate) => new()
    {
        // Without one, servers are recognized by their authority alone, as Redis does it.
        TargetHost = wantedName ?? "",
        ClientCertificateContext = identity,
        CertificateChainPolicy = trust.Policy(),
        RemoteCertificateValidationCallback = validate,
        EnabledSslProtocols = protocols,
        CipherSuitesPolicy = ciphers,
        AllowRenegotiation = false,
        EncryptionPolicy = EncryptionPolicy.RequireEncryption,
    };
}
