namespace Keyway.Shard.Timing;

/// <summary>The latest spikes of one kind: at most one for each second, and so many seconds.</summary>
internal sealed class LatencySeries
{
    private const int Length = 160;

    private readonly LatencySample[] _samples = new LatencySample[Length];
    private int _count;
    private int _next;

    public long MaxMs { get; private set; }

    public LatencySample Latest => _samples[(_next + Length - 1) % Length];

    /// <summary>Oldest first.</summary>
    public IEnumerable<LatencySample> Samples
    {
        get
        {
            for (int i = 0; i < _count; i++) yield return _samples[(_next + Length - _count + i) % Length];
        }
    }

    public int Count => _count;

    public void Add(long seconds, long ms)
    {
        MaxMs = Math.Max(MaxMs, ms);
        if (_count > 0 && Latest.Seconds == seconds)
        {
            if (ms > Latest.Ms) _samples[(_next + Length - 1) % Length] = new LatencySample(seconds, ms);
            return;
        }

        _samples[_next] = new LatencySample(seconds, ms);
        _next = (_next + 1) % Length;
        _count = Math.Min(_count + 1, Length);
    }
}
