using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Keyway.Platform.Tls;

/// <summary>Whom we believe: the authorities of a file and a folder, and nobody else. Nothing is asked of the network, so a peer cannot make the loop wait for it.</summary>
internal sealed class TlsTrust
{
    private const string Failure = "Failed to configure CA certificate(s) file/directory";

    private readonly X509Certificate2Collection authorities = [];
    private readonly bool trustsSystem;

    private TlsTrust(bool trustsSystem) => this.trustsSystem = trustsSystem;

    public IEnumerable<X509Certificate2> Authorities => authorities;

    /// <exception cref="TlsConfigurationException">The file cannot be read, or the folder holds no certificate.</exception>
    /// <param name="orSystem">With neither file nor folder: whom the system trusts, not nobody.</param>
    public static TlsTrust Load(string file, string folder, bool orSystem = false)
    {
        var trust = new TlsTrust(orSystem && file.Length == 0 && folder.Length == 0);
        if (file.Length > 0) trust.authorities.AddRange(PemFiles.Read(file, $"{Failure}: {file}"));
        if (folder.Length > 0) trust.AddFolder(folder);
        return trust;
    }

    /// <summary>A chain's policy belongs to one connection.</summary>
    public X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = trustsSystem ? X509ChainTrustMode.System : X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        if (!trustsSystem) policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    /// <param name="wantedName">What the certificate must be for; null where whoever has one of these authorities is one of us.</param>
    /// <returns>Null when the certificate is trusted.</returns>
    public static string? WhyRefused(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, string? wantedName)
    {
        if (certificate == null) return "the peer has shown no certificate";
        if ((errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None)
            return wantedName == null ? null : WhyOtherName((X509Certificate2)certificate, errors, wantedName);

        string[] why = [.. (chain?.ChainStatus ?? []).Where(status => status.Status != X509ChainStatusFlags.NoError).Select(status => Words(status.Status, certificate)).Distinct()];
        return $"the peer's certificate is not trusted ({(why.Length == 0 ? $"{errors}" : string.Join(", ", why))})";
    }

    private static string? WhyOtherName(X509Certificate2 certificate, SslPolicyErrors errors, string wantedName)
    {
        if (errors == SslPolicyErrors.None) return null;

        // Who connects to this machine's own address may have called it by its name.
        if (IPAddress.TryParse(wantedName, out IPAddress? address) && IPAddress.IsLoopback(address) && certificate.MatchesHostname("localhost")) return null;

        return $"the peer's certificate is for '{certificate.GetNameInfo(X509NameType.DnsName, false)}', not for '{wantedName}'";
    }

    private static string Words(X509ChainStatusFlags status, X509Certificate certificate) => status switch
    {
        X509ChainStatusFlags.NotTimeValid => $"valid from {certificate.GetEffectiveDateString()} to {certificate.GetExpirationDateString()} only",
        X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.NotSignatureValid => "of an unknown authority",
        _ => $"{status}",
    };

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
