using System.Reflection;
using Keyway.Configuration;
using Keyway.Hosting;

namespace Keyway.Verbs;

/// <summary>Finds the verb and runs it. A verb is one line of the table.</summary>
public static class CommandLine
{
    public static readonly Verb[] Verbs =
    [
        new("run", "run [-c FILE] [--log-format F]", "the gateway, and every included shard of the map (also without a verb)", RunVerb.Run),
        new("shard", "shard [redis.conf] [--directive value …]", "one shard server, with redis-server's files and options", ShardVerb.Run),
        new("sentinel", "sentinel sentinel.conf [--directive value …]", "one sentinel, which rewrites its file as Redis's does", SentinelVerb.Run),
        new("reload", "reload [-c FILE]", "have the running gateway serve the map as it is now", ReloadVerb.Run),
        new("ping", "ping [-c FILE]", "is the running gateway ready? exit code 0 or 1", PingVerb.Run),
        new("call", "call [-h HOST] [-p PORT] CMD ARG…", "a small redis-cli (also -a PASSWORD, -3, --raw, --no-raw)", CallVerb.Run),
        new("check", "check [-c FILE]", "validate the map and print every error (also -t)", CheckVerb.Run),
        new("explain", "explain [-c FILE] [--pool NAME] [--json] KEY…", "where keys live, and which line of the map says so", ExplainVerb.Run),
        new("diff", "diff OLD NEW", "which keys change owner between two maps", DiffVerb.Run),
        new("map", "map [-c FILE] --json", "the whole map with addresses, for client-side partitioning", MapVerb.Run),
        new("import", "import nutcracker.yml", "print the keyway.yaml that places keys as twemproxy does", ImportVerb.Run),
    ];

    /// <summary>What runs when no verb is named.</summary>
    private const string DefaultVerb = "run";

    public static int Run(string[] arguments, VerbContext context)
    {
        (string name, string[] rest) = Split(arguments);
        switch (name)
        {
            case "--version":
                context.Out.WriteLine($"keyway {Version}");
                return ExitCode.Ok;
            case "--help" or "help":
                WriteHelp(context.Out);
                return ExitCode.Ok;
        }

        Verb? verb = Array.Find(Verbs, candidate => candidate.Name == name);
        if (verb is null)
        {
            context.Error.WriteLine($"keyway: unknown verb '{name}'; {Suggestion.For(name, Verbs.Select(known => known.Name), "verbs")}");
            return ExitCode.Usage;
        }

        int end = Array.IndexOf(rest, "--");
        if (Array.IndexOf(rest, "--help") is >= 0 and var help && (end < 0 || help < end))
        {
            context.Out.WriteLine($"usage: keyway {verb.Usage}\n{verb.Summary}");
            return ExitCode.Ok;
        }

        try
        {
            if (verb.Name is "run" or "shard" or "sentinel") ChosenLoop.Check();
            return verb.Run(context, rest);
        }
        catch (UsageException wrong)
        {
            context.Error.WriteLine($"keyway {verb.Name}: {wrong.Message}\nusage: keyway {verb.Usage}");
            return ExitCode.Usage;
        }
    }

    public static string Version
    {
        get
        {
            // A build in a repository appends "+commit".
            string version = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
            return version.Split('+')[0];
        }
    }

    /// <summary>`keyway -c FILE` is `keyway run -c FILE`, and with -t it is `keyway check`.</summary>
    private static (string Verb, string[] Arguments) Split(string[] arguments)
    {
        if (arguments.Length == 0) return (DefaultVerb, []);
        if (!arguments[0].StartsWith('-')) return (arguments[0], arguments[1..]);
        if (arguments[0] is "--version" or "--help" or "-h" or "-v") return (arguments[0] is "--version" or "-v" ? "--version" : "--help", []);
        return (arguments.Contains("-t") ? "check" : DefaultVerb, arguments);
    }

    private static void WriteHelp(TextWriter output)
    {
        output.WriteLine($"keyway {Version}: one endpoint, one map, Redis shards behind it\n");
        int width = Verbs.Max(verb => verb.Usage.Length);
        foreach (Verb verb in Verbs) output.WriteLine($"  keyway {verb.Usage.PadRight(width)}  {verb.Summary}");
        output.WriteLine($"  keyway {"--version, --help".PadRight(width)}");
        output.WriteLine($"""

            FILE is {ConfigLoader.DefaultPath} when -c is absent; where there is none, the built-in map.
            KEYWAY__POOLS__MAIN__HOLD=2s in the environment overrides `hold:` of the pool `main`, and so any option.
            Exit codes: 0, {ExitCode.Runtime} runtime, {ExitCode.Usage} usage, {ExitCode.Configuration} configuration.
            """);
    }
}
