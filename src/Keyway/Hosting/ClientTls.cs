using Keyway.Configuration;
using Keyway.Platform.Tls;

namespace Keyway.Hosting;

/// <summary>The certificates of a pool's `tls:`, read when a map is about to be served: at the start, and anew at each reload.</summary>
internal static class ClientTls
{
    /// <summary>Every pool whose files cannot be used.</summary>
    public static IReadOnlyList<ConfigError> Check(KeywayConfig config)
    {
        var errors = new List<ConfigError>();
        foreach (PoolConfig pool in config.Pools)
        {
            try
            {
                Settings(pool);
            }
            catch (IOException wrong)
            {
                errors.Add(new ConfigError(config.FileName, pool.Tls!.Line, 1, wrong.Message, "mend the file or its path in 'tls'"));
            }
        }

        return errors;
    }

    /// <returns>Null where clients speak plainly.</returns>
    /// <exception cref="IOException">A file cannot be used.</exception>
    public static TlsServerSettings? Settings(PoolConfig pool)
    {
        if (pool.Tls is not { } tls) return null;

        try
        {
            return TlsServerSettings.Load(new TlsOptions
            {
                CertificateFile = tls.Cert ?? "",
                KeyFile = tls.Key ?? "",
                AuthorityFile = tls.Ca ?? "",
                Clients = tls.Ca is null ? ClientCertificates.Ignored : ClientCertificates.Required,
            });
        }
        catch (TlsConfigurationException wrong)
        {
            throw new IOException($"pool '{pool.Name}': {wrong.Message}", wrong);
        }
    }
}
