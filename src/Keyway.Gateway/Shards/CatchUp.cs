namespace Keyway.Gateway.Shards;

/// <summary>
/// How far behind replicas are, in time: a replica that has as much of the history as the master had at a moment has everything that was
/// acknowledged up to that moment.
/// </summary>
internal sealed class CatchUp
{
    // A minute at the fastest polling, some minutes at the usual: a replica that is further behind is far behind.
    private const int MostSamples = 256;

    private readonly List<(long Offset, long AskedTicks)> _samples = [];
    private string _history = "";

    public void NoteMaster(NodeReport master)
    {
        if (master.History != _history)
        {
            _samples.Clear();
            _history = master.History;
        }
        if (_samples.Count > 0 && _samples[^1].AskedTicks >= master.AskedTicks) return;
        if (_samples.Count == MostSamples) _samples.RemoveAt(0);
        _samples.Add((master.Offset, master.AskedTicks));
    }

    /// <returns>The latest such moment; 0 when none is known.</returns>
    public long Of(NodeReport replica)
    {
        if (replica.History != _history) return 0;
        for (int i = _samples.Count - 1; i >= 0; i--)
        {
            if (_samples[i].Offset <= replica.Offset) return _samples[i].AskedTicks;
        }
        return 0;
    }
}
