namespace Keyway.Gateway.SlowRequests;

/// <summary>Moments at which something took long, by kind, one a second and kind: the worst. What LATENCY tells.</summary>
internal sealed class LatencyEvents
{
    private const int Kept = 160;

    private readonly Dictionary<string, List<LatencySample>> _samples = [];
    private readonly Dictionary<string, long> _worst = [];

    public void Add(string kind, long unixSeconds, long milliseconds)
    {
        if (!_samples.TryGetValue(kind, out List<LatencySample>? samples)) _samples[kind] = samples = [];
        _worst[kind] = Math.Max(milliseconds, _worst.GetValueOrDefault(kind));
        if (samples.Count > 0 && samples[^1].UnixSeconds == unixSeconds)
        {
            if (samples[^1].Milliseconds < milliseconds) samples[^1] = new LatencySample(unixSeconds, milliseconds);
            return;
        }
        if (samples.Count == Kept) samples.RemoveAt(0);
        samples.Add(new LatencySample(unixSeconds, milliseconds));
    }

    /// <summary>A copy that another loop may read.</summary>
    public IReadOnlyList<LatencySeries> Take() =>
        [.. _samples.Select(one => new LatencySeries(one.Key, [.. one.Value], _worst[one.Key]))];

    /// <param name="kinds">Empty: all.</param>
    /// <returns>The kinds that were forgotten.</returns>
    public IReadOnlyList<string> Forget(IReadOnlyCollection<string> kinds)
    {
        string[] gone = [.. _samples.Keys.Where(kind => kinds.Count == 0 || kinds.Contains(kind))];
        foreach (string kind in gone)
        {
            _samples.Remove(kind);
            _worst.Remove(kind);
        }
        return gone;
    }
}
