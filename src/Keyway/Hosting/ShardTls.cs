using Keyway.Configuration;
using Keyway.Platform.Tls;

namespace Keyway.Hosting;

/// <summary>The certificates of `tls:`, read when a map is about to be served: at the start, and anew at each reload.</summary>
internal static class ShardTls
{
    /// <summary>Every shard whose files cannot be used.</summary>
    public static IReadOnlyList<ConfigError> Check(KeywayConfig config)
    {
        var errors = new List<ConfigError>();
        foreach (ShardConfig shard in config.Shards)
        {
            try
            {
                Settings(shard);
            }
            catch (IOException wrong)
            {
                errors.Add(new ConfigError(config.FileName, shard.Tls!.Line, 1, wrong.Message, "mend the file or its path in 'tls'"));
            }
        }

        return errors;
    }

    /// <returns>Null where the shard is spoken to plainly.</returns>
    /// <exception cref="IOException">A file cannot be used.</exception>
    public static TlsClientSettings? Settings(ShardConfig shard)
    {
        if (shard.Tls is not { } tls) return null;

        try
        {
            return TlsClientSettings.Load(new TlsOptions
            {
                CertificateFile = tls.Cert ?? "",
                KeyFile = tls.Key ?? "",
                AuthorityFile = tls.Ca ?? "",
                TrustsSystem = true,
                ComparesNames = true,
                ServerName = tls.Name ?? "",
            });
        }
        catch (TlsConfigurationException wrong)
        {
            throw new IOException($"shard '{shard.Name}': {wrong.Message}", wrong);
        }
    }
}
