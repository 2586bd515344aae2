using System.Net.Security;

namespace Keyway.Platform.Tls;

/// <summary>Which ciphers may be used, from lists of names.</summary>
internal static class TlsCiphers
{
    // What stays allowed in one list while only the other is given: the strong ones that every system has.
    private static readonly TlsCipherSuite[] Standard13 =
    [
        TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_AES_128_GCM_SHA256,
    ];

    private static readonly TlsCipherSuite[] Standard12 =
    [
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    ];

    private static readonly char[] Separators = [':', ',', ' '];

    /// <returns>Null where the system decides.</returns>
    /// <exception cref="TlsConfigurationException">A name is unknown, or the system cannot restrict ciphers.</exception>
    public static CipherSuitesPolicy? Policy(string ciphers, string cipherSuites)
    {
        if (ciphers.Length == 0 && cipherSuites.Length == 0) return null;

        IEnumerable<TlsCipherSuite> below13 = ciphers.Length == 0 ? Standard12 : Words(ciphers).Select(name => Below13(name, ciphers));
        IEnumerable<TlsCipherSuite> from13 = cipherSuites.Length == 0 ? Standard13 : Words(cipherSuites).Select(name => From13(name, cipherSuites));
        TlsCipherSuite[] all = [.. from13, .. below13];
        if (OperatingSystem.IsWindows() || OperatingSystem.IsAndroid()) throw new TlsConfigurationException("tls-ciphers and tls-ciphersuites cannot be heeded on this system.");

        try
        {
            return new CipherSuitesPolicy(all);
        }
        catch (PlatformNotSupportedException missing)
        {
            throw new TlsConfigurationException($"tls-ciphers and tls-ciphersuites cannot be heeded on this system: {missing.Message}", missing);
        }
    }

    private static string[] Words(string list) => list.Split(Separators, StringSplitOptions.RemoveEmptyEntries);

    private static TlsCipherSuite From13(string name, string list) =>
        Enum.TryParse(name, out TlsCipherSuite suite) && Enum.IsDefined(suite) && !name.Contains("_WITH_", StringComparison.Ordinal)
            ? suite
            : throw new TlsConfigurationException($"Failed to configure ciphersuites: {list}");

    /// <summary>ECDHE-RSA-AES128-GCM-SHA256 is OpenSSL's name for what the standard calls TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256.</summary>
    private static TlsCipherSuite Below13(string name, string list)
    {
        foreach (string exchange in (ReadOnlySpan<string>)["ECDHE-ECDSA", "ECDHE-RSA", "DHE-RSA", ""])
        {
            if (exchange.Length > 0 && !name.StartsWith(exchange + "-", StringComparison.Ordinal)) continue;

            string cipher = exchange.Length == 0 ? name : name[(exchange.Length + 1)..];
            string standard = $"TLS_{(exchange.Length == 0 ? "RSA" : exchange.Replace('-', '_'))}_WITH_{Standardized(cipher)}";
            if (Enum.TryParse(standard, out TlsCipherSuite suite) && Enum.IsDefined(suite)) return suite;
        }

        throw new TlsConfigurationException(
            $"Failed to configure ciphers: {list} ('{name}' is not the name of one cipher, such as ECDHE-RSA-AES128-GCM-SHA256; sets like HIGH or DEFAULT are not known to this server)");
    }

    // AES128-SHA256 has no mode in its name: it is CBC. ChaCha's hash is understood.
    private static string Standardized(string cipher)
    {
        if (cipher == "CHACHA20-POLY1305") return "CHACHA20_POLY1305_SHA256";

        string name = cipher.Replace("AES128", "AES_128", StringComparison.Ordinal).Replace("AES256", "AES_256", StringComparison.Ordinal).Replace('-', '_');
        bool hasMode = name.Contains("_GCM", StringComparison.Ordinal) || name.Contains("_CCM", StringComparison.Ordinal);
        return hasMode ? name : name.Replace("_SHA", "_CBC_SHA", StringComparison.Ordinal);
    }
}
