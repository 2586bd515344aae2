using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keyway.Platform.Tls;

namespace Keyway.Testing.Tls;

/// <summary>An authority, and certificates of it for a server and a client, made anew in a folder of their own.</summary>
public sealed class TestCertificates : IDisposable
{
    private const string ServerPurpose = "1.3.6.1.5.5.7.3.1";
    private const string ClientPurpose = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 authority;

    public TestCertificates()
    {
        Folder = Directory.CreateTempSubdirectory("keyway-tls-").FullName;
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=test authority {Path.GetFileName(Folder)}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-10), DateTimeOffset.UtcNow.AddDays(30));
        File.WriteAllText(AuthorityFile, authority.ExportCertificatePem());
        Issue("server", ServerPurpose, ClientPurpose);
        Issue("client", ClientPurpose);
    }

    public string Folder { get; }

    public string AuthorityFile => Path.Combine(Folder, "ca.crt");

    /// <summary>What a server with this certificate and authority starts with.</summary>
    public TlsOptions Server => new() { CertificateFile = PathOf("server.crt"), KeyFile = PathOf("server.key"), AuthorityFile = AuthorityFile };

    public TlsOptions Client => new() { CertificateFile = PathOf("client.crt"), KeyFile = PathOf("client.key"), AuthorityFile = AuthorityFile };

    /// <summary>The client's certificate with its key, for an SslStream.</summary>
    public X509Certificate2 ClientCertificate => Usable("client");

    /// <summary>Directives of a server that speaks TLS on this port with these certificates.</summary>
    /// <param name="identity">Whose certificate it shows.</param>
    public string[] Directives(int port, string identity = "server") =>
    [
        "--tls-port", $"{port}", "--tls-cert-file", PathOf($"{identity}.crt"), "--tls-key-file", PathOf($"{identity}.key"), "--tls-ca-cert-file", AuthorityFile,
    ];

    /// <summary>What redis-cli needs to speak to such a server.</summary>
    public string[] RedisCliArguments => ["--tls", "--cacert", AuthorityFile, "--cert", PathOf("client.crt"), "--key", PathOf("client.key")];

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Writes NAME.crt and NAME.key.</summary>
    public void Issue(string name, params string[] purposes) => Issue(name, DateTimeOffset.UtcNow.AddDays(20), password: "", host: "", purposes);

    /// <summary>For a server that is called so, and by no address.</summary>
    public void IssueFor(string name, string host) => Issue(name, DateTimeOffset.UtcNow.AddDays(20), password: "", host, ServerPurpose);

    public void IssueExpired(string name) => Issue(name, DateTimeOffset.UtcNow.AddDays(-2), password: "", host: "", ClientPurpose, ServerPurpose);

    /// <summary>Its key is encrypted.</summary>
    public void IssueLocked(string name, string password) => Issue(name, DateTimeOffset.UtcNow.AddDays(20), password, host: "", ServerPurpose);

    public X509Certificate2 Usable(string name)
    {
        using X509Certificate2 loaded = X509Certificate2.CreateFromPemFile(PathOf($"{name}.crt"), PathOf($"{name}.key"));
        return X509CertificateLoader.LoadPkcs12(loaded.Export(X509ContentType.Pkcs12), null);
    }

    public void Dispose()
    {
        authority.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private void Issue(string name, DateTimeOffset until, string password, string host, params string[] purposes)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host.Length > 0 ? host : "localhost");
        if (host.Length == 0) names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        OidCollection usages = [];
        foreach (string purpose in purposes) usages.Add(new Oid(purpose));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(usages, false));
        byte[] serial = RandomNumberGenerator.GetBytes(8);
        using X509Certificate2 certificate = request.Create(authority, DateTimeOffset.UtcNow.AddDays(-5), until, serial);
        File.WriteAllText(PathOf($"{name}.crt"), certificate.ExportCertificatePem());
        var strength = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        File.WriteAllText(PathOf($"{name}.key"), password.Length == 0 ? key.ExportPkcs8PrivateKeyPem() : key.ExportEncryptedPkcs8PrivateKeyPem(password, strength));
    }
}
