using System.Diagnostics;
using Keyway.Benchmarks.Checks;
using Keyway.Shard.Tests.Simulation;

namespace Keyway.Benchmarks.Simulate;

/// <summary>The long form of the simulation of masters and replicas. A seed that fails is printed, and is the bug report.</summary>
internal static class ReplicationSimulations
{
    private const int PrintEverySeconds = 10;

    public static void Run(Options options, Report report)
    {
        int from = options.Number("from", 0);
        int seeds = options.Number("seeds", options.Quick ? 100 : 1000);
        int actions = options.Number("actions", 150);
        report.Section($"Simulated replication: seeds {from} to {from + seeds - 1}, {actions} actions each");

        var failed = new List<int>();
        long partial = 0;
        long full = 0;
        long printedAt = Stopwatch.GetTimestamp();
        for (int seed = from; seed < from + seeds; seed++)
        {
            try
            {
                ReplicationSimulation run = ReplicationSimulation.Run(seed, actions, seeds == 1 ? report.Line : null);
                partial += run.Syncs.Partial;
                full += run.Syncs.Full;
            }
            catch (SimulationFailure failure)
            {
                failed.Add(seed);
                report.Line(failure.Message);
            }

            if (Stopwatch.GetElapsedTime(printedAt).TotalSeconds < PrintEverySeconds) continue;
            printedAt = Stopwatch.GetTimestamp();
            Console.WriteLine($"  seed {seed}: {partial:N0} partial and {full:N0} full synchronizations, {failed.Count} seeds failed");
        }

        report.Holds("masters and replicas end equal", failed.Count == 0,
            failed.Count == 0 ? $"{partial:N0} partial and {full:N0} full synchronizations" : $"seeds {string.Join(", ", failed)}");
    }
}
