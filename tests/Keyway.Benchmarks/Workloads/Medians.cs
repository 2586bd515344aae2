namespace Keyway.Benchmarks.Workloads;

/// <summary>The middle of several rounds, figure by figure: one disturbed round moves nothing.</summary>
internal static class Medians
{
    public static RoundResult Of(IReadOnlyList<RoundResult> rounds) => new(
        Of(rounds.Select(r => r.RequestsPerSecond)),
        Of(rounds.Select(r => r.P50)),
        Of(rounds.Select(r => r.P99)),
        Of(rounds.Select(r => r.P999)),
        Of(rounds.Select(r => r.Max)))
    {
        CpuMicrosecondsPerRequest = Of(rounds.Select(r => r.CpuMicrosecondsPerRequest)),
    };

    public static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0) return double.NaN;
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
