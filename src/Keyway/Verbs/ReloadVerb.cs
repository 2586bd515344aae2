using System.Net;
using System.Net.Http;
using Keyway.Admin;
using Keyway.Configuration;

namespace Keyway.Verbs;

/// <summary>keyway reload [-c FILE]</summary>
internal static class ReloadVerb
{
    /// <summary>Longer than any pool's `hold` should be: the gateway answers when the swap is done or given up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static int Run(VerbContext context, string[] arguments)
    {
        Arguments parsed = Arguments.Parse(arguments, ["-c"], []).WithoutRest();
        if (!MapFile.TryLoad(context, parsed.Value("-c"), out KeywayConfig config)) return ExitCode.Configuration;

        (HttpStatusCode status, string text) = (default, "");
        try
        {
            (status, text) = AdminClient.Send(HttpMethod.Post, config.Admin, "/reload", Patience);
        }
        catch (IOException nobody)
        {
            context.Error.WriteLine($"keyway reload: {nobody.Message}");
            return ExitCode.Runtime;
        }

        if (status != HttpStatusCode.OK || ReloadAnswer.TryParse(text) is not { } answer)
        {
            context.Error.WriteLine($"keyway reload: {config.Admin} answered {(int)status} {text.Trim()}");
            return ExitCode.Runtime;
        }

        foreach (string change in answer.Changes) context.Out.WriteLine(change);
        foreach (string problem in answer.Problems) context.Error.WriteLine(answer.Result == "ok" ? $"warning: {problem}" : problem);
        if (answer.Result != "ok")
        {
            context.Error.WriteLine($"{answer.Result}: {answer.File} is not served; the old map is kept");
            return ExitCode.Configuration;
        }

        context.Out.WriteLine(answer.Changes.Count == 0 ? $"OK: {answer.File} is served; nothing changed" : $"OK: {answer.File} is served now");
        return ExitCode.Ok;
    }
}
