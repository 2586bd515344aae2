using System.ComponentModel;
using System.Diagnostics;

namespace Keyway.Tests.Metrics;

/// <summary>Prometheus's own judge of a metrics page.</summary>
internal static class Promtool
{
    /// <summary>Null where it can be run; otherwise the reason to skip. With KEYWAY_REQUIRE_PROMTOOL=1 a missing one fails instead.</summary>
    public static string? Unavailable
    {
        get
        {
            try
            {
                var start = new ProcessStartInfo("promtool", "--version") { RedirectStandardOutput = true, RedirectStandardError = true };
                using Process probe = Process.Start(start)!;
                probe.WaitForExit();
                return null;
            }
            catch (Win32Exception) when (Environment.GetEnvironmentVariable("KEYWAY_REQUIRE_PROMTOOL") != "1")
            {
                return "there is no promtool on the path (Debian's package prometheus)";
            }
        }
    }

    /// <returns>What it finds wrong with a page; empty when it is content.</returns>
    public static string Check(string page) => Run(page, "check", "metrics");

    /// <returns>What it finds wrong with a file of alert rules; empty when it is content.</returns>
    public static string CheckRules(string path) => Run("", "check", "rules", path);

    private static string Run(string page, params string[] arguments)
    {
        var start = new ProcessStartInfo("promtool") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(page);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        return process.ExitCode == 0 ? "" : $"exit code {process.ExitCode}: {output}";
    }
}
