using System.Text;
using Keyway.Configuration;

namespace Keyway.Verbs;

/// <summary>keyway map [-c FILE] --json</summary>
internal static class MapVerb
{
    public static int Run(VerbContext context, string[] arguments)
    {
        Arguments parsed = Arguments.Parse(arguments, ["-c"], ["--json"]).WithoutRest();
        if (!parsed.Has("--json")) throw new UsageException("say --json: there is no other form; `keyway explain KEY` is for people");
        if (!MapFile.TryLoad(context, parsed.Value("-c"), out KeywayConfig config)) return ExitCode.Configuration;

        context.Out.WriteLine(Encoding.UTF8.GetString(MapJson.Write(config)));
        return ExitCode.Ok;
    }
}
