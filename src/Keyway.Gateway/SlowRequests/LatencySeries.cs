namespace Keyway.Gateway.SlowRequests;

/// <summary>What is remembered of one kind of event.</summary>
internal sealed record LatencySeries(string Kind, IReadOnlyList<LatencySample> Samples, long WorstMilliseconds)
{
    /// <summary>Of several loops' series one of each kind: the samples by time, of two in one second the worse.</summary>
    public static IReadOnlyList<LatencySeries> Join(IEnumerable<LatencySeries> all) =>
        [.. all.GroupBy(one => one.Kind).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new LatencySeries(
            group.Key,
            [.. group.SelectMany(one => one.Samples).GroupBy(sample => sample.UnixSeconds).OrderBy(second => second.Key)
                .Select(second => new LatencySample(second.Key, second.Max(sample => sample.Milliseconds)))],
            group.Max(one => one.WorstMilliseconds)))];
}
