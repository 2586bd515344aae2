using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Keyway.Platform.Tls;

internal static class PemFiles
{
    private const long LargestFile = 16 * 1024 * 1024;   // a system's whole bundle of authorities has a quarter of a megabyte

    /// <param name="path">Holds at least one certificate.</param>
    /// <param name="failure">What an error's message begins with.</param>
    public static X509Certificate2Collection Read(string path, string failure)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(ReadText(path, failure));
        }
        catch (CryptographicException wrong)
        {
            throw new TlsConfigurationException($"{failure}: {wrong.Message}", wrong);
        }

        return certificates.Count > 0 ? certificates : throw new TlsConfigurationException($"{failure}: it holds no certificate (PEM)");
    }

    public static string ReadText(string path, string failure)
    {
        try
        {
            if (new FileInfo(path).Length > LargestFile) throw new TlsConfigurationException($"{failure}: it is too large");
            return File.ReadAllText(path);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TlsConfigurationException($"{failure}: No such file or directory", missing);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TlsConfigurationException($"{failure}: {unreadable.Message}", unreadable);
        }
    }
}
