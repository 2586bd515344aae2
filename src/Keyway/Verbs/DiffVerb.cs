using Keyway.Configuration;
using Keyway.Topology;

namespace Keyway.Verbs;

/// <summary>keyway diff OLD NEW</summary>
internal static class DiffVerb
{
    public static int Run(VerbContext context, string[] arguments)
    {
        Arguments parsed = Arguments.Parse(arguments, [], []);
        if (parsed.Rest.Count != 2) throw new UsageException("name two maps");

        // Both are read, so that the errors of both are seen.
        bool loadedOld = MapFile.TryLoad(context, parsed.Rest[0], out KeywayConfig old);
        bool loadedNext = MapFile.TryLoad(context, parsed.Rest[1], out KeywayConfig next);
        if (!loadedOld || !loadedNext) return ExitCode.Configuration;

        IReadOnlyList<string> lines = MapDifference.Describe(old, next);
        if (lines.Count == 0) context.Out.WriteLine("no key changes its owner");
        foreach (string line in lines) context.Out.WriteLine(line);
        return ExitCode.Ok;
    }
}
