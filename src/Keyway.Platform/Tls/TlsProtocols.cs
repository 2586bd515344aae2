using System.Security.Authentication;

namespace Keyway.Platform.Tls;

/// <summary>Versions of TLS by the names that OpenSSL gives them.</summary>
public static class TlsProtocols
{
    /// <summary>What is older is broken, and most systems refuse it by themselves.</summary>
    public const SslProtocols Standard = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <param name="names">"TLSv1.2 TLSv1.3"; empty for the standard.</param>
    /// <exception cref="TlsConfigurationException">One of them is unknown, or too old to be safe.</exception>
    public static SslProtocols Parse(string names)
    {
        var result = SslProtocols.None;
        foreach (string name in names.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            result |= name.ToLowerInvariant() switch
            {
                "tlsv1.2" => SslProtocols.Tls12,
                "tlsv1.3" => SslProtocols.Tls13,
                "tlsv1" or "tlsv1.1" => throw new TlsConfigurationException($"tls-protocols: {name} is not supported by this server; use 'TLSv1.2' and 'TLSv1.3'."),
                _ => throw new TlsConfigurationException("Invalid tls-protocols specified. Use a combination of 'TLSv1', 'TLSv1.1', 'TLSv1.2' and 'TLSv1.3'."),
            };
        }

        return result == SslProtocols.None ? Standard : result;
    }
}
