using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Keyway.Compatibility;

/// <summary>Runs the scripts of tests/Clients.</summary>
public static class Trial
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static string Folder { get; } = Path.GetFullPath(Path.Combine(HereFolder(), "..", "Clients"));

    public static Outcome Run(Subject subject, GatewayUnderTest gateway)
    {
        if (!IsInstalled(subject, gateway)) return new Outcome(null, subject.Source, TimeSpan.Zero);

        long began = Stopwatch.GetTimestamp();
        (int? code, string output) = Run(subject.Command, gateway);
        TimeSpan duration = Stopwatch.GetElapsedTime(began);
        if (code is null) return new Outcome(false, $"not done within {Limit.TotalSeconds} s\n{output}", duration);
        return new Outcome(code == 0 && output.TrimEnd().EndsWith("works", StringComparison.Ordinal), output, duration);
    }

    private static bool IsInstalled(Subject subject, GatewayUnderTest gateway) => Run(subject.Probe, gateway).Code == 0;

    /// <returns>No code where it was not done in time, or could not be started.</returns>
    private static (int? Code, string Output) Run(string[] command, GatewayUnderTest gateway)
    {
        var start = new ProcessStartInfo(command[0]) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument
                .Replace("{port}", $"{gateway.Port}", StringComparison.Ordinal)
                .Replace("{jobs}", $"{gateway.JobsPort}", StringComparison.Ordinal)
                .Replace("{tls}", $"{gateway.TlsPort}", StringComparison.Ordinal)
                .Replace("{authority}", gateway.AuthorityFile, StringComparison.Ordinal)
                .Replace("{socket}", gateway.UnixSocket, StringComparison.Ordinal)
                .Replace("{folder}", gateway.Directory, StringComparison.Ordinal));
        }

        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            bool isDone = process.WaitForExit(Limit);
            if (!isDone) process.Kill(entireProcessTree: true);
            return (isDone ? process.ExitCode : null, errors.Result + output.Result);
        }
        catch (Win32Exception missing)
        {
            return (null, missing.Message);
        }
    }

    private static string HereFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
