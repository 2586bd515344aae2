namespace Keyway.Benchmarks.Workloads;

/// <summary>What one run of one workload against one peer showed. Latencies in milliseconds.</summary>
internal sealed record RoundResult(double RequestsPerSecond, double P50, double P99, double P999, double Max)
{
    public double CpuMicrosecondsPerRequest { get; init; }
}
