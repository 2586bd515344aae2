using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Keyway.Platform.Tls;

/// <summary>Whom we believe: the authorities of a file and a folder, and nobody else. Nothing is asked of the network, so a peer cannot make the loop wait for it.</summary>
internal sealed class TlsTrust
{
    private const string Failure = "Failed to configure CA certificate(s) file/directory";

    private readonly X509Certificate2Collection authorities = [];

    /// <exception cref="TlsConfigurationException">The file cannot be read, or the folder holds no certificate.</exception>
    public static TlsTrust Load(string file, string folder)
    {
        var trust = new TlsTrust();
        if (file.Length > 0) trust.authorities.AddRange(PemFiles.Read(file, $"{Failure}: {file}"));
        if (folder.Length > 0) trust.AddFolder(folder);
        return trust;
    }

    /// <summary>A chain's policy belongs to one connection.</summary>
    public X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    /// <returns>Null when the certificate is trusted. Names are not compared: whoever has a certificate of these authorities is one of us.</returns>
    public static string? WhyRefused(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate == null) return "the peer has shown no certificate";
        if ((errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None) return null;

        string[] why = [.. (chain?.ChainStatus ?? []).Where(status => status.Status != X509ChainStatusFlags.NoError).Select(status => $"{status.Status}").Distinct()];
        return $"the peer's certificate is not trusted ({(why.Length == 0 ? $"{errors}" : string.Join(", ", why))})";
    }

    // OpenSSL looks for names made of hashes there; here every certificate counts, whatever its file is called.
    private void AddFolder(string folder)
    {
        string[] files;
        try
        {
            files = [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TlsConfigurationException($"{Failure}: {folder}: {unreadable.Message}", unreadable);
        }

        int before = authorities.Count;
        foreach (string file in files)
        {
            try
            {
                authorities.AddRange(PemFiles.Read(file, Failure));
            }
            catch (TlsConfigurationException)
            {
                // Other files may lie there, such as keys and lists of revocations; that nothing is left is noticed below.
            }
        }

        if (authorities.Count == before) throw new TlsConfigurationException($"{Failure}: {folder}: no file there holds a certificate (PEM)");
    }
}
