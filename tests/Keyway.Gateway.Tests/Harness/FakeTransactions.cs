using Keyway.Platform.Simulation;

namespace Keyway.Gateway.Tests.Harness;

/// <summary>What a server knows of MULTI and WATCH, for each of its links.</summary>
internal sealed class FakeTransactions(Func<string, string> answer)
{
    private readonly Dictionary<SimulatedPeer, State> _states = [];

    /// <summary>What a queued command is refused with; null takes it.</summary>
    public Func<string, string?> Refusal { get; set; } = _ => null;

    /// <summary>What EXEC gets instead of running anything; null for the usual.</summary>
    public string? ExecRefusal { get; set; }

    /// <summary>Set: MULTI is refused so, and what follows runs at once.</summary>
    public string? MultiRefusal { get; set; }

    public bool Resp3 { get; set; }

    /// <summary>What has run, within transactions or without.</summary>
    public List<string> Ran { get; } = [];

    /// <summary>What the server answers itself, whatever is under way.</summary>
    public Func<string, bool> IsOther { get; set; } = _ => false;

    /// <summary>What is watched, over all links.</summary>
    public IEnumerable<string> Watched => _states.Where(entry => !entry.Key.IsClosed).SelectMany(entry => entry.Value.Watched);

    public bool IsQueueing(SimulatedPeer link) => _states.TryGetValue(link, out State? state) && state.Queue is not null;

    /// <summary>Somebody else changes the key.</summary>
    public void Touch(string key)
    {
        foreach (State state in _states.Values) state.IsDirty |= state.Watched.Contains(key);
    }

    public string? Answer(SimulatedPeer link, string request)
    {
        if (!_states.TryGetValue(link, out State? state)) _states[link] = state = new State();
        string[] words = request.Split(' ');
        switch (words[0])
        {
            case "MULTI" when MultiRefusal is not null:
                return MultiRefusal;
            case "MULTI" when state.Queue is null:
                state.Queue = [];
                return "+OK\r\n";
            case "EXEC":
                return Exec(state);
            case "UNWATCH" when state.Queue is null:
                state.Forget();
                return "+OK\r\n";
            case "WATCH" when state.Queue is null:
                state.Watched.UnionWith(words[1..]);
                return "+OK\r\n";
        }
        if (state.Queue is null)
        {
            Ran.Add(request);
            return answer(request);
        }
        if (Refusal(request) is { } refusal)
        {
            state.IsSpoiled = true;
            return refusal;
        }
        state.Queue.Add(request);
        return "+QUEUED\r\n";
    }

    private string Exec(State state)
    {
        if (state.Queue is not { } queue) return "-ERR EXEC without MULTI\r\n";
        (bool spoiled, bool dirty) = (state.IsSpoiled, state.IsDirty);
        state.Queue = null;
        state.Forget();
        if (ExecRefusal is not null) return ExecRefusal;
        if (spoiled) return "-EXECABORT Transaction discarded because of previous errors.\r\n";
        if (dirty) return Resp3 ? "_\r\n" : "*-1\r\n";
        Ran.AddRange(queue);
        return $"*{queue.Count}\r\n" + string.Concat(queue.Select(answer));
    }

    private sealed class State
    {
        public List<string>? Queue { get; set; }

        public HashSet<string> Watched { get; } = [];

        public bool IsDirty { get; set; }

        public bool IsSpoiled { get; set; }

        public void Forget()
        {
            Watched.Clear();
            IsDirty = IsSpoiled = false;
        }
    }
}
