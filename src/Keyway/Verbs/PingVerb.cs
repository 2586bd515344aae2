using System.Net;
using System.Net.Http;
using Keyway.Admin;
using Keyway.Configuration;

namespace Keyway.Verbs;

/// <summary>keyway ping [-c FILE]</summary>
internal static class PingVerb
{
    /// <summary>A gateway that works answers at once; health checks have limits of their own.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static int Run(VerbContext context, string[] arguments)
    {
        Arguments parsed = Arguments.Parse(arguments, ["-c"], []).WithoutRest();
        if (!MapFile.TryLoad(context, parsed.Value("-c"), out KeywayConfig config)) return ExitCode.Configuration;

        try
        {
            (HttpStatusCode status, string text) = AdminClient.Send(HttpMethod.Get, config.Admin, "/readyz", Patience);
            (status == HttpStatusCode.OK ? context.Out : context.Error).WriteLine(text.Trim());
            return status == HttpStatusCode.OK ? ExitCode.Ok : ExitCode.Runtime;
        }
        catch (IOException nobody)
        {
            context.Error.WriteLine($"keyway ping: {nobody.Message}");
            return ExitCode.Runtime;
        }
    }
}
