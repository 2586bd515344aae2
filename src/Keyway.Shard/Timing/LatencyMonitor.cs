namespace Keyway.Shard.Timing;

/// <summary>Remembers what took longer than latency-monitor-threshold, by kinds of events.</summary>
internal sealed class LatencyMonitor
{
    private const int MaxEvents = 64;      // the names are our own; a bound all the same

    private readonly Dictionary<string, LatencySeries> _series = [];

    /// <summary>0 turns it off.</summary>
    public long ThresholdMs { get; set; }

    public bool IsOn => ThresholdMs > 0;

    public IReadOnlyDictionary<string, LatencySeries> Series => _series;

    /// <param name="nowMs">The wall clock.</param>
    public void Note(string name, long ms, long nowMs)
    {
        if (!IsOn || ms < ThresholdMs) return;
        if (!_series.TryGetValue(name, out LatencySeries? series))
        {
            if (_series.Count == MaxEvents) return;
            _series[name] = series = new LatencySeries();
        }

        series.Add(nowMs / 1000, ms);
    }

    public bool Reset(string name) => _series.Remove(name);

    public int ResetAll()
    {
        int count = _series.Count;
        _series.Clear();
        return count;
    }
}
