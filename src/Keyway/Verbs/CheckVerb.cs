using Keyway.Configuration;
using Keyway.Hosting;

namespace Keyway.Verbs;

/// <summary>keyway check [-c FILE]</summary>
internal static class CheckVerb
{
    public static int Run(VerbContext context, string[] arguments)
    {
        Arguments parsed = Arguments.Parse(arguments, ["-c"], ["-t"]).WithoutRest();
        LoadResult result = ConfigLoader.LoadFile(parsed.Value("-c"), context.Environment);

        foreach (ConfigError error in result.Errors) context.Error.WriteLine(error);
        foreach (ConfigError warning in result.Warnings) context.Error.WriteLine($"warning: {warning}");
        if (result.Config is not { } config) return ExitCode.Configuration;
        IReadOnlyList<ConfigError> files = CertificateFiles.Check(config);
        foreach (ConfigError error in files) context.Error.WriteLine(error);
        if (files.Count > 0) return ExitCode.Configuration;

        // Valid all the same: whoever writes a map for later may check it today.
        foreach (ConfigError later in BuildCheck.NotBuiltYet(config)) context.Error.WriteLine($"note: {later}");
        context.Out.WriteLine($"OK: {config.FileName} ({Count(config.Shards.Count, "shard")}, {Count(config.Pools.Count, "pool")})");
        return ExitCode.Ok;
    }

    private static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}
