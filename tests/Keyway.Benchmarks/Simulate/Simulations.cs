using System.Diagnostics;
using Keyway.Benchmarks.Checks;
using Keyway.Gateway.Tests.Simulation;

namespace Keyway.Benchmarks.Simulate;

/// <summary>The long form of the gateway's simulation: as many seeds as there is patience for. A seed that fails is printed, and is the bug report.</summary>
internal static class Simulations
{
    private const int PrintEverySeconds = 10;

    public static void Run(Options options, Report report)
    {
        int from = options.Number("from", 0);
        int seeds = options.Number("seeds", options.Quick ? 100 : 1000);
        int actions = options.Number("actions", 300);
        report.Section($"Simulation: seeds {from} to {from + seeds - 1}, {actions} actions each");

        var failed = new List<int>();
        long own = 0;
        long errors = 0;
        long printedAt = Stopwatch.GetTimestamp();
        for (int seed = from; seed < from + seeds; seed++)
        {
            try
            {
                GatewaySimulation run = GatewaySimulation.Run(seed, actions);
                own += run.OwnReplies;
                errors += run.Errors;
            }
            catch (SimulationFailure failure)
            {
                failed.Add(seed);
                report.Line(failure.Message);
            }
            if (Stopwatch.GetElapsedTime(printedAt).TotalSeconds < PrintEverySeconds) continue;
            printedAt = Stopwatch.GetTimestamp();
            Console.WriteLine($"  seed {seed}: {own:N0} replies to their own requests, {errors:N0} errors of the contract, {failed.Count} seeds failed");
        }
        report.Holds("every request gets its own reply or one error", failed.Count == 0,
            failed.Count == 0 ? $"{own:N0} replies, {errors:N0} errors" : $"seeds {string.Join(", ", failed)}");
    }
}
