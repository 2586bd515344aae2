namespace Keyway.Benchmarks.Checks;

/// <summary>One request of a probe: when it was sent and answered (seconds), and how.</summary>
internal readonly record struct ProbeSample(double Began, double Ended, ProbeAnswer Answer)
{
    public double Seconds => Ended - Began;
}
