using System.Diagnostics;

namespace Keyway.Benchmarks.Peers.Networks;

/// <summary>A program of the system that is done at once, such as ip and nft.</summary>
internal static class Tool
{
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It is missing or failed; the message has what it said.</exception>
    public static string Run(string name, params string[] arguments) => Feed(name, "", arguments);

    public static string Feed(string name, string input, params string[] arguments)
    {
        string file = Executables.Find(name) ?? throw new InvalidOperationException($"{name} is not installed");
        var start = new ProcessStartInfo(file) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{name} {string.Join(' ', arguments)}: {errors.Trim()}");
    }
}
