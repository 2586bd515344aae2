namespace Keyway.Platform.Tls;

/// <summary>redis.conf's directives that begin with tls-, as settings.</summary>
/// <param name="valueOf">A directive's value.</param>
/// <param name="folder">What file names are relative to.</param>
public sealed class TlsDirectives(Func<string, string> valueOf, string folder)
{
    /// <summary>With what listeners speak TLS.</summary>
    /// <param name="asksForPeers">It connects to others, whose certificates it must be able to check.</param>
    /// <exception cref="TlsConfigurationException">Something is missing or unknown.</exception>
    public TlsOptions OfListeners(bool asksForPeers)
    {
        var options = new TlsOptions
        {
            CertificateFile = FileOf("tls-cert-file"),
            KeyFile = FileOf("tls-key-file"),
            KeyPassword = valueOf("tls-key-file-pass"),
            AuthorityFile = FileOf("tls-ca-cert-file"),
            AuthorityFolder = FileOf("tls-ca-cert-dir"),
            Clients = valueOf("tls-auth-clients") switch
            {
                "no" => ClientCertificates.Ignored,
                "optional" => ClientCertificates.Optional,
                _ => ClientCertificates.Required,
            },
            Ciphers = valueOf("tls-ciphers"),
            CipherSuites = valueOf("tls-ciphersuites"),
            Resumes = valueOf("tls-session-caching") == "yes",
        };
        if (options.CertificateFile.Length == 0) throw new TlsConfigurationException("No tls-cert-file configured!");
        if (options.KeyFile.Length == 0) throw new TlsConfigurationException("No tls-key-file configured!");

        bool needsAuthority = options.Clients != ClientCertificates.Ignored || asksForPeers;
        if (needsAuthority && options.AuthorityFile.Length == 0 && options.AuthorityFolder.Length == 0)
            throw new TlsConfigurationException("Either tls-ca-cert-file or tls-ca-cert-dir must be specified when tls-cluster, tls-replication or tls-auth-clients are enabled!");
        return options with { Protocols = TlsProtocols.Parse(valueOf("tls-protocols")) };
    }

    /// <summary>With what connections to others speak TLS: with the certificate for clients, where there is one, or the server's.</summary>
    /// <exception cref="TlsConfigurationException">Something is missing or unknown.</exception>
    public TlsOptions OfConnections(bool asksForPeers)
    {
        TlsOptions options = OfListeners(asksForPeers);
        bool hasItsOwn = valueOf("tls-client-cert-file").Length > 0 && valueOf("tls-client-key-file").Length > 0;
        if (!hasItsOwn) return options;
        return options with
        {
            CertificateFile = FileOf("tls-client-cert-file"),
            KeyFile = FileOf("tls-client-key-file"),
            KeyPassword = valueOf("tls-client-key-file-pass"),
        };
    }

    // Relative to the server's folder, as all of its files are.
    private string FileOf(string directive) => valueOf(directive) is { Length: > 0 } name ? Path.Combine(folder, name) : "";
}
