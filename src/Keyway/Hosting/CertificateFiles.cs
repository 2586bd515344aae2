using Keyway.Configuration;

namespace Keyway.Hosting;

/// <summary>Every file that a `tls:` of the map names: whether it can be used.</summary>
internal static class CertificateFiles
{
    public static IReadOnlyList<ConfigError> Check(KeywayConfig config) => [.. ShardTls.Check(config), .. ClientTls.Check(config)];
}
