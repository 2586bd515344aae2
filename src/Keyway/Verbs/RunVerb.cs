using Keyway.Configuration;
using Keyway.Hosting;
using Keyway.Logging;
using Keyway.State;

namespace Keyway.Verbs;

/// <summary>keyway run [-c FILE] [--log-format text|json|redis]</summary>
internal static class RunVerb
{
    public static int Run(VerbContext context, string[] arguments)
    {
        Arguments parsed = Arguments.Parse(arguments, ["-c", "--log-format"], []).WithoutRest();
        LogFormat format = Format(parsed.Value("--log-format") ?? "text");
        string? path = parsed.Value("-c");
        LoadResult loaded = ConfigLoader.LoadFile(path, context.Environment);
        foreach (ConfigError warning in loaded.Warnings) context.Error.WriteLine($"warning: {warning}");
        if (loaded.Config is not { } config) return Wrong(context, loaded.Errors);
        if (BuildCheck.NotBuiltYet(config) is { Count: > 0 } later) return Wrong(context, later);
        if (IncludedConf.Check(config) is { Count: > 0 } conf) return Wrong(context, conf);
        if (CertificateFiles.Check(config) is { Count: > 0 } unusable) return Wrong(context, unusable);

        try
        {
            return Serve(context, path, config, format);
        }
        catch (Exception failed) when (failed is StateException or IOException)
        {
            context.Error.WriteLine($"keyway: {failed.Message}");
            return ExitCode.Runtime;
        }
    }

    private static int Serve(VerbContext context, string? path, KeywayConfig config, LogFormat format)
    {
        var rehearsal = new RehearsalThread(config, format);
        using ServedState state = ServedState.Open(config.DataFolder);
        Verdict verdict = state.Check(config, running: null, out LiveShardFacts facts);
        if (!verdict.Accepted)
        {
            context.Error.WriteLine($"keyway: {config.FileName} would lose sight of keys that were served before:");
            foreach (string reason in verdict.Reasons) context.Error.WriteLine(reason);
            return ExitCode.Configuration;
        }

        using var log = new LogOutput(format, Console.OpenStandardOutput(), TimeProvider.System);
        var run = new GatewayRun
        {
            Config = config,
            Path = path,
            Environment = context.Environment,
            Version = CommandLine.Version,
            State = state,
            BeforeServing = () =>
            {
                state.Save(config, facts);
                if (rehearsal.Join() is { } failure) log.Print([$"warning: the data path could not be rehearsed, so first requests take longer: {failure.Message}"]);
            },
        };
        foreach (string note in verdict.Notes) log.Print([note]);
        GatewayHost.Run(run, log).GetAwaiter().GetResult();
        return ExitCode.Ok;
    }

    /// <exception cref="UsageException">There is no such format.</exception>
    public static LogFormat Format(string name) =>
        LogFormats.Find(name) ?? throw new UsageException($"'{name}' is no log format; they are text, json and redis");

    private static int Wrong(VerbContext context, IReadOnlyList<ConfigError> errors)
    {
        foreach (ConfigError error in errors) context.Error.WriteLine(error);
        return ExitCode.Configuration;
    }
}
