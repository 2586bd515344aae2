using System.Security.Authentication;
using Keyway.Platform.Tls;
using Keyway.Testing.Tls;

namespace Keyway.Platform.Tests.Tls;

public sealed class TlsSettingsTests : IDisposable
{
    private readonly TestCertificates certificates = new();

    [Fact]
    public void Files_that_fit_together_are_loaded()
    {
        Assert.NotNull(TlsServerSettings.Load(certificates.Server));
        Assert.NotNull(TlsServerSettings.Load(certificates.Server with { AuthorityFile = "", AuthorityFolder = certificates.Folder }));
        Assert.NotNull(TlsServerSettings.Load(certificates.Server with { AuthorityFile = "", Clients = ClientCertificates.Ignored }));
        Assert.NotNull(TlsClientSettings.Load(certificates.Client));
        Assert.NotNull(TlsClientSettings.Load(certificates.Client with { CertificateFile = "", KeyFile = "" }));
    }

    [Fact]
    public void What_is_missing_or_wrong_is_named()
    {
        string nowhere = certificates.PathOf("nowhere");
        string garbage = certificates.PathOf("garbage");
        File.WriteAllText(garbage, "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");
        TlsOptions server = certificates.Server;

        Refuses(server with { CertificateFile = "" }, "No tls-cert-file configured!");
        Refuses(server with { KeyFile = "" }, "No tls-key-file configured!");
        Refuses(server with { CertificateFile = nowhere }, $"Failed to load certificate: {nowhere}: No such file or directory");
        Refuses(server with { CertificateFile = garbage }, $"Failed to load certificate: {garbage}: ");
        Refuses(server with { CertificateFile = certificates.Folder }, $"Failed to load certificate: {certificates.Folder}: ");
        Refuses(server with { CertificateFile = server.KeyFile }, $"Failed to load certificate: {server.KeyFile}: it holds no certificate (PEM)");
        Refuses(server with { KeyFile = nowhere }, $"Failed to load private key: {nowhere}: No such file or directory");
        Refuses(server with { KeyFile = garbage }, $"Failed to load private key: {garbage}: ");
        Refuses(server with { KeyFile = certificates.Client.KeyFile }, $"Failed to load private key: {certificates.Client.KeyFile}: ");
        Refuses(server with { AuthorityFile = nowhere }, $"Failed to configure CA certificate(s) file/directory: {nowhere}: No such file or directory");
        Refuses(server with { AuthorityFolder = nowhere }, $"Failed to configure CA certificate(s) file/directory: {nowhere}: ");
        string empty = Directory.CreateDirectory(certificates.PathOf("empty")).FullName;
        Refuses(server with { AuthorityFolder = empty }, $"Failed to configure CA certificate(s) file/directory: {empty}: no file there holds a certificate (PEM)");
    }

    [Fact]
    public void An_encrypted_key_needs_its_password()
    {
        certificates.IssueLocked("locked", "secret");
        TlsOptions locked = certificates.Server with { CertificateFile = certificates.PathOf("locked.crt"), KeyFile = certificates.PathOf("locked.key") };

        Assert.NotNull(TlsServerSettings.Load(locked with { KeyPassword = "secret" }));
        Refuses(locked, $"Failed to load private key: {locked.KeyFile}: ");
        Refuses(locked with { KeyPassword = "wrong" }, $"Failed to load private key: {locked.KeyFile}: ");
    }

    [Theory]
    [InlineData("", SslProtocols.Tls12 | SslProtocols.Tls13)]
    [InlineData("TLSv1.2", SslProtocols.Tls12)]
    [InlineData("tlsv1.3 TLSv1.2", SslProtocols.Tls12 | SslProtocols.Tls13)]
    public void Protocols_have_the_names_that_OpenSSL_gives_them(string names, SslProtocols expected) => Assert.Equal(expected, TlsProtocols.Parse(names));

    [Theory]
    [InlineData("TLSv1.2 foo", "Invalid tls-protocols specified. Use a combination of 'TLSv1', 'TLSv1.1', 'TLSv1.2' and 'TLSv1.3'.")]
    [InlineData("TLSv1.1", "tls-protocols: TLSv1.1 is not supported by this server; use 'TLSv1.2' and 'TLSv1.3'.")]
    public void Other_protocols_are_refused(string names, string message) =>
        Assert.Equal(message, Assert.Throws<TlsConfigurationException>(() => TlsProtocols.Parse(names)).Message);

    [Fact]
    public void Ciphers_are_named_one_by_one()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("only OpenSSL can be told");
        TlsOptions server = certificates.Server;

        Assert.NotNull(TlsServerSettings.Load(server with { CipherSuites = "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256" }));
        Assert.NotNull(TlsServerSettings.Load(server with
        {
            Ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-SHA384:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES256-GCM-SHA384:AES128-SHA256:AES256-SHA",
        }));
        Refuses(server with { CipherSuites = "TLS_NONSENSE" }, "Failed to configure ciphersuites: TLS_NONSENSE");
        Refuses(server with { Ciphers = "HIGH:!aNULL" }, "Failed to configure ciphers: HIGH:!aNULL ('HIGH' is not the name of one cipher");
    }

    public void Dispose() => certificates.Dispose();

    private static void Refuses(TlsOptions options, string beginning)
    {
        string message = Assert.Throws<TlsConfigurationException>(() => TlsServerSettings.Load(options)).Message;
        Assert.StartsWith(beginning, message);
        Assert.DoesNotContain('\n', message);
    }
}
