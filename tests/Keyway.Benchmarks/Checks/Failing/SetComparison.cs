namespace Keyway.Benchmarks.Checks.Failing;

/// <summary>What was acknowledged beside what is there.</summary>
/// <param name="LostAt">When each write that is gone had been acknowledged, on the stopwatch, the first first.</param>
/// <param name="Present">All that is there.</param>
/// <param name="Phantoms">There although they were said not to have been executed.</param>
internal sealed record SetComparison(IReadOnlyList<long> LostAt, int Present, int Phantoms)
{
    public int Lost => LostAt.Count;
}
