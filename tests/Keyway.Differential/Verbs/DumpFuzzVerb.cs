using System.Diagnostics;
using Keyway.Differential.Fuzz;
using Keyway.Differential.Running;
using Keyway.Differential.Servers;

namespace Keyway.Differential.Verbs;

/// <summary>Damaged payloads for RESTORE, as many as asked for.</summary>
internal static class DumpFuzzVerb
{
    private const int PayloadRounds = 12;

    public static int Execute(Options options)
    {
        using ServerPair pair = CompareVerb.Start(options);
        if (pair.Subject.Ask("RESTORE", "x", "0", "x").Text.Contains("unknown command", StringComparison.Ordinal))
        {
            Console.WriteLine("the shard does not serve RESTORE");
            return 0;
        }

        long started = Stopwatch.GetTimestamp();
        List<string> payloads = Payloads.Collect(pair.Reference.Server, options.Seed, PayloadRounds);
        var fuzz = new DumpFuzz(pair, Console.WriteLine);
        fuzz.Execute(new PayloadMutator(options.Seed, payloads), options.Inputs);
        foreach (string disagreement in fuzz.SomeDisagreements) Console.WriteLine($"judged differently: {disagreement}");
        foreach (string failure in fuzz.Failures) Console.WriteLine($"FAILED: {failure}");
        Console.WriteLine($"seed {options.Seed}: {fuzz.Inputs:N0} damaged payloads in {Stopwatch.GetElapsedTime(started).TotalSeconds:N0} s, {fuzz.Accepted:N0} accepted and exercised, "
            + $"{fuzz.Disagreements:N0} judged differently by redis-server (which died {fuzz.DeathsOfReference} times), {fuzz.Failures.Count} failures");
        return fuzz.Failures.Count == 0 ? 0 : 1;
    }
}
