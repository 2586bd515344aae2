using Keyway.Platform.Tls;

namespace Keyway.Shard.Configuration;

/// <summary>The directives that begin with tls-.</summary>
internal sealed partial class Settings
{
    public int TlsPort { get; private set; }

    public bool TlsReplication => IsYes("tls-replication");

    public bool TlsCluster => IsYes("tls-cluster");

    /// <summary>With what listeners speak TLS.</summary>
    /// <exception cref="TlsConfigurationException">Something is missing or unknown.</exception>
    public TlsOptions Tls()
    {
        var options = new TlsOptions
        {
            CertificateFile = FileOf("tls-cert-file"),
            KeyFile = FileOf("tls-key-file"),
            KeyPassword = ByteText.ToText(_values["tls-key-file-pass"]),
            AuthorityFile = FileOf("tls-ca-cert-file"),
            AuthorityFolder = FileOf("tls-ca-cert-dir"),
            Clients = _values["tls-auth-clients"] switch
            {
                "no" => ClientCertificates.Ignored,
                "optional" => ClientCertificates.Optional,
                _ => ClientCertificates.Required,
            },
            Ciphers = ByteText.ToText(_values["tls-ciphers"]),
            CipherSuites = ByteText.ToText(_values["tls-ciphersuites"]),
            Resumes = IsYes("tls-session-caching"),
        };
        if (options.CertificateFile.Length == 0) throw new TlsConfigurationException("No tls-cert-file configured!");
        if (options.KeyFile.Length == 0) throw new TlsConfigurationException("No tls-key-file configured!");

        bool asksForPeers = options.Clients != ClientCertificates.Ignored || TlsReplication || TlsCluster;
        if (asksForPeers && options.AuthorityFile.Length == 0 && options.AuthorityFolder.Length == 0)
            throw new TlsConfigurationException("Either tls-ca-cert-file or tls-ca-cert-dir must be specified when tls-cluster, tls-replication or tls-auth-clients are enabled!");
        return options with { Protocols = TlsProtocols.Parse(ByteText.ToText(_values["tls-protocols"])) };
    }

    /// <summary>With what a connection to a master speaks TLS: with the certificate for clients, where there is one, or the server's.</summary>
    /// <exception cref="TlsConfigurationException">Something is missing or unknown.</exception>
    public TlsOptions TlsToMaster()
    {
        TlsOptions options = Tls();
        bool hasItsOwn = _values["tls-client-cert-file"].Length > 0 && _values["tls-client-key-file"].Length > 0;
        if (!hasItsOwn) return options;
        return options with
        {
            CertificateFile = FileOf("tls-client-cert-file"),
            KeyFile = FileOf("tls-client-key-file"),
            KeyPassword = ByteText.ToText(_values["tls-client-key-file-pass"]),
        };
    }

    private void RefreshTls() => TlsPort = (int)Number("tls-port");

    // Relative to the server's folder, as all of its files are.
    private string FileOf(string directive) =>
        _values[directive].Length == 0 ? "" : Path.Combine(ByteText.ToText(_values["dir"]), ByteText.ToText(_values[directive]));
}
