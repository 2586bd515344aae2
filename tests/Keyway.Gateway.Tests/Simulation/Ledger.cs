namespace Keyway.Gateway.Tests.Simulation;

/// <summary>What shards really did: every key belongs to one request, so a key that is touched twice is a request that ran twice.</summary>
internal sealed class Ledger
{
    private readonly Dictionary<string, string> _ranAt = [];
    private readonly HashSet<string> _refused = [];
    private readonly Dictionary<string, (int Client, int Number)> _askedBy = [];
    private readonly Dictionary<(int Client, string Shard), int> _lastRan = [];
    private readonly HashSet<string> _overtaken = [];

    /// <summary>By prefix: the shards that may serve its keys at present, the present owner first; the next one joins while the map changes.</summary>
    public Dictionary<string, List<string>> Owners { get; } = [];

    public int Executions => _ranAt.Count;

    /// <summary>A client's request, by its number among that client's requests.</summary>
    public void WasAsked(int client, int number, IEnumerable<string> keys)
    {
        foreach (string key in keys) _askedBy[key] = (client, number);
    }

    public void Ran(string key, string shard)
    {
        (int client, int number) = _askedBy[key];
        if (_lastRan.TryGetValue((client, shard), out int last) && number < last) _overtaken.Add(key);
        else _lastRan[(client, shard)] = number;

        string prefix = key[..(key.IndexOf(':') + 1)];
        if (!_ranAt.TryAdd(key, shard)) throw new SimulationFailure($"{key} ran twice: at {_ranAt[key]} and at {shard}");
        if (_refused.Contains(key)) throw new SimulationFailure($"{key} ran at {shard} after its client was told that it did not");

        List<string> owners = Owners[prefix];
        int place = owners.IndexOf(shard);
        if (place < 0) throw new SimulationFailure($"{key} ran at {shard}, which does not own it; {string.Join(" then ", owners)} may");

        // Once the next owner has served a key, the former one must have nothing of that prefix left.
        owners.RemoveRange(0, place);
    }

    /// <summary>
    /// A client has the request's own reply: then none of the client's later requests to the same shard may have run before it. One that was given
    /// up as silent may well run late, but its reply reaches nobody.
    /// </summary>
    public void WasServed(IEnumerable<string> keys)
    {
        foreach (string key in keys)
        {
            if (_overtaken.Contains(key)) throw new SimulationFailure($"{key} ran at {_ranAt[key]} behind a later request of its client");
        }
    }

    /// <summary>A client was told that the request did not run.</summary>
    public void WasRefused(IEnumerable<string> keys)
    {
        foreach (string key in keys)
        {
            if (_ranAt.TryGetValue(key, out string? shard)) throw new SimulationFailure($"{key} ran at {shard}, and its client was told that it did not");
            _refused.Add(key);
        }
    }
}
