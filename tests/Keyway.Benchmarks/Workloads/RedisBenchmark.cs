using System.Diagnostics;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Workloads;

/// <summary>Runs redis-benchmark once and accounts the peer's processor time to its requests.</summary>
internal static class RedisBenchmark
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <returns>Null when the run failed; the reason is printed.</returns>
    public static RoundResult? Run(Workload workload, Peer peer, int requests)
    {
        var start = new ProcessStartInfo("redis-benchmark")
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        foreach (string argument in workload.Arguments(peer.Port, requests)) start.ArgumentList.Add(argument);

        long cpuBefore = ProcessFigures.CpuNanoseconds(peer.Process.Id);
        using Process process = Process.Start(start)!;
        using var deadline = new Timer(_ => Stop(process), null, Limit, Timeout.InfiniteTimeSpan);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        long cpu = ProcessFigures.CpuNanoseconds(peer.Process.Id) - cpuBefore;

        RoundResult? result = BenchmarkOutput.Parse(output);
        if (process.ExitCode == 0 && result is not null) return result with { CpuMicrosecondsPerRequest = cpu / 1e3 / requests };

        Console.WriteLine($"redis-benchmark failed against {peer.Name} ({workload.Name}), exit {process.ExitCode}: {LastLine(errors.Result)}");
        return null;
    }

    private static void Stop(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended by itself at the same moment.
        }
    }

    private static string LastLine(string text) => text.Trim().Split('\n')[^1];
}
