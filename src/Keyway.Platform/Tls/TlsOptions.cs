using System.Security.Authentication;

namespace Keyway.Platform.Tls;

/// <summary>Files and choices that TLS settings are made from.</summary>
public sealed record TlsOptions
{
    /// <summary>PEM: the certificate, and behind it those that lead to an authority.</summary>
    public string CertificateFile { get; init; } = "";

    public string KeyFile { get; init; } = "";

    /// <summary>Empty: the key's file is not encrypted.</summary>
    public string KeyPassword { get; init; } = "";

    /// <summary>PEM: whom we trust to vouch for peers. Both this and the folder may be given.</summary>
    public string AuthorityFile { get; init; } = "";

    public string AuthorityFolder { get; init; } = "";

    /// <summary>Without authorities of our own: whom the system trusts. Otherwise nobody is.</summary>
    public bool TrustsSystem { get; init; }

    /// <summary>A client compares the name in the server's certificate. Off, as Redis's own replicas have it, whoever has a certificate of an authority is believed.</summary>
    public bool ComparesNames { get; init; }

    /// <summary>The name that the server's certificate must carry; empty for the host that is connected to.</summary>
    public string ServerName { get; init; } = "";

    public ClientCertificates Clients { get; init; } = ClientCertificates.Required;

    public SslProtocols Protocols { get; init; } = TlsProtocols.Standard;

    /// <summary>OpenSSL's names of what may be used below TLS 1.3, separated by colons; empty leaves it to the system.</summary>
    public string Ciphers { get; init; } = "";

    /// <summary>The standard's names of what TLS 1.3 may use, separated by colons; empty leaves it to the system.</summary>
    public string CipherSuites { get; init; } = "";

    /// <summary>Whether a client that comes back may go on with the secret of last time.</summary>
    public bool Resumes { get; init; } = true;

    /// <summary>How long a peer may take to agree. Each costs memory meanwhile, and honest ones need milliseconds.</summary>
    public TimeSpan HandshakeLimit { get; init; } = TimeSpan.FromSeconds(5);
}
