using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Keyway.Platform.Tls;

/// <summary>The certificate that one end shows, with its key and those that lead to an authority. Reads files: for the start, or for a person who changes them.</summary>
internal static class TlsIdentity
{
    /// <exception cref="TlsConfigurationException">A file cannot be read or used.</exception>
    public static SslStreamCertificateContext Load(string certificateFile, string keyFile, string keyPassword)
    {
        X509Certificate2Collection chain = PemFiles.Read(certificateFile, $"Failed to load certificate: {certificateFile}");
        using X509Certificate2 first = chain[0];
        string key = PemFiles.ReadText(keyFile, $"Failed to load private key: {keyFile}");
        try
        {
            string certificate = first.ExportCertificatePem();
            using X509Certificate2 both = keyPassword.Length == 0 ? X509Certificate2.CreateFromPem(certificate, key) : X509Certificate2.CreateFromEncryptedPem(certificate, key, keyPassword);

            // Windows cannot use a key that is only in memory: through this form it becomes one that it can.
            X509Certificate2 usable = X509CertificateLoader.LoadPkcs12(both.Export(X509ContentType.Pkcs12), null);

            // Offline: what is missing is not fetched over the network, which would make a start depend on somebody's web server.
            chain.RemoveAt(0);
            return SslStreamCertificateContext.Create(usable, chain, offline: true);
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException)
        {
            throw new TlsConfigurationException($"Failed to load private key: {keyFile}: {wrong.Message}", wrong);
        }
    }
}
