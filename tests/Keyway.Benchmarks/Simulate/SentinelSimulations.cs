using System.Diagnostics;
using Keyway.Benchmarks.Checks;
using Keyway.Sentinel.Tests.Simulation;

namespace Keyway.Benchmarks.Simulate;

/// <summary>The long form of the simulation of sentinels. A seed that fails is printed, and is the bug report.</summary>
internal static class SentinelSimulations
{
    private const int PrintEverySeconds = 10;

    public static void Run(Options options, Report report)
    {
        int from = options.Number("from", 0);
        int seeds = options.Number("seeds", options.Quick ? 100 : 1000);
        int faults = options.Number("actions", 25);
        report.Section($"Simulated sentinels: seeds {from} to {from + seeds - 1}, {faults} faults each");

        var failed = new List<int>();
        var healed = new List<long>();
        long elections = 0;
        long votes = 0;
        long printedAt = Stopwatch.GetTimestamp();
        for (int seed = from; seed < from + seeds; seed++)
        {
            try
            {
                SentinelSimulation run = SentinelSimulation.Run(seed, faults, seeds == 1 ? report.Line : null);
                elections += run.Elections;
                votes += run.Votes;
                healed.Add(run.HealedAfterMs);
            }
            catch (SimulationFailure failure)
            {
                failed.Add(seed);
                report.Line(failure.Message);
            }

            if (Stopwatch.GetElapsedTime(printedAt).TotalSeconds < PrintEverySeconds) continue;
            printedAt = Stopwatch.GetTimestamp();
            Console.WriteLine($"  seed {seed}: {elections:N0} elections, {votes:N0} votes, {failed.Count} seeds failed");
        }

        healed.Sort();
        string healing = healed.Count == 0 ? "" : $", healed after {healed[healed.Count / 2]:N0} ms (median), {healed[^1]:N0} ms (longest)";
        report.Holds("one master an epoch, one vote an epoch, one master in the end", failed.Count == 0,
            failed.Count == 0 ? $"{elections:N0} elections, {votes:N0} votes{healing}" : $"seeds {string.Join(", ", failed)}");
    }
}
