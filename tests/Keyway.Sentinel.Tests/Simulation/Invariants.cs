using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Tests.Simulation;

/// <summary>What must hold at every moment, over restarts too.</summary>
internal sealed class Invariants(SimulatedWorld world)
{
    private readonly Dictionary<(string Master, long Epoch), (string Address, string By)> _configurations = [];
    private readonly Dictionary<(string Sentinel, string Master, long Epoch), string> _votes = [];
    private readonly Dictionary<(string Master, long Epoch), string> _leaders = [];
    private readonly Dictionary<string, long> _currentEpochs = [];
    private readonly Dictionary<(string Sentinel, string Master), (long Config, long Leader)> _epochs = [];

    public int Votes => _votes.Count;

    public int Elections => _leaders.Count;

    /// <summary>Another life of a sentinel: it may have forgotten what was never saved, which <see cref="Look"/> must not take for going back.</summary>
    public void Begin(SimulatedSentinel sentinel)
    {
        _currentEpochs.Remove(sentinel.Id);
        foreach ((string Sentinel, string Master) key in _epochs.Keys.Where(key => key.Sentinel == sentinel.Id).ToArray()) _epochs.Remove(key);
    }

    public void Look(SimulatedSentinel sentinel, SentinelState state)
    {
        if (state.CurrentEpoch < _currentEpochs.GetValueOrDefault(sentinel.Id)) throw world.Failure($"{sentinel.Name}: the current epoch falls");
        _currentEpochs[sentinel.Id] = state.CurrentEpoch;

        foreach (MonitoredMaster master in state.Masters.Values)
        {
            (long Config, long Leader) former = _epochs.GetValueOrDefault((sentinel.Id, master.Name));
            if (master.ConfigEpoch < former.Config) throw world.Failure($"{sentinel.Name}: the configuration's epoch falls");
            if (master.LeaderEpoch < former.Leader) throw world.Failure($"{sentinel.Name}: the epoch of its vote falls");
            if (Math.Max(master.ConfigEpoch, master.LeaderEpoch) > state.CurrentEpoch) throw world.Failure($"{sentinel.Name}: an epoch above the current one");
            _epochs[(sentinel.Id, master.Name)] = (master.ConfigEpoch, master.LeaderEpoch);
            Acknowledge(sentinel, master);
        }
    }

    public void Hear(SimulatedSentinel sentinel, SentinelEvent published)
    {
        if (published.Type == "+vote-for-leader")
        {
            string[] words = published.Text.Split(' ');
            (string, string, long) vote = (sentinel.Id, published.Master!.Name, long.Parse(words[1]));
            if (_votes.TryGetValue(vote, out string? leader) && leader != words[0]) throw world.Failure($"{sentinel.Name} votes twice in epoch {words[1]}");
            _votes[vote] = words[0];
        }
        if (published.Type == "+elected-leader" && !published.Master!.Has(InstanceFlags.ForceFailover))
        {
            (string, long) election = (published.Master.Name, published.Master.FailoverEpoch);
            if (_leaders.TryGetValue(election, out string? leader)) throw world.Failure($"{sentinel.Name} and {leader} lead in epoch {election.Item2}");
            _leaders[election] = sentinel.Name;
        }
    }

    private void Acknowledge(SimulatedSentinel sentinel, MonitoredMaster master)
    {
        string address = master.CurrentAddress.Name;
        if (!_configurations.TryGetValue((master.Name, master.ConfigEpoch), out (string Address, string By) known))
        {
            _configurations[(master.Name, master.ConfigEpoch)] = (address, sentinel.Name);
        }
        else if (known.Address != address)
        {
            throw world.Failure($"two masters in epoch {master.ConfigEpoch}: {known.Address} for {known.By}, {address} for {sentinel.Name}");
        }
    }
}
