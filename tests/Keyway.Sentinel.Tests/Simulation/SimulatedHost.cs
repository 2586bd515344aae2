namespace Keyway.Sentinel.Tests.Simulation;

/// <summary>A machine with one process on it, which can crash, stop for a while, or lose its power.</summary>
internal abstract class SimulatedHost(SimulatedWorld world, int index, string name, string ip, int port)
{
    private readonly List<Action> _waiting = [];

    public int Index { get; } = index;

    public string Name { get; } = name;

    public string Ip { get; } = ip;

    public int Port { get; } = port;

    /// <summary>Which life of the process this is. What was meant for an earlier one comes to nothing.</summary>
    public int Life { get; private set; }

    public bool IsUp { get; private set; }

    /// <summary>Without power nobody says that a connection is gone.</summary>
    public bool HasPower { get; private set; } = true;

    public bool IsPaused { get; private set; }

    protected SimulatedWorld World { get; } = world;

    public void Start()
    {
        if (IsUp) return;
        HasPower = true;
        IsUp = true;
        IsPaused = false;
        Life++;
        World.Log(Name, "starts");
        Started();
    }

    public void Crash(SimulatedNetwork network, bool losesPower)
    {
        if (!IsUp) return;
        World.Log(Name, losesPower ? "loses power" : "crashes");
        IsUp = false;
        HasPower = !losesPower;
        IsPaused = false;
        _waiting.Clear();
        Crashed();
        if (!losesPower) network.ResetAll(this);
    }

    public void Pause()
    {
        if (!IsUp || IsPaused) return;
        World.Log(Name, "is stopped");
        IsPaused = true;
    }

    public void Resume()
    {
        if (!IsPaused) return;
        World.Log(Name, "goes on");
        IsPaused = false;
        Action[] waiting = [.. _waiting];
        _waiting.Clear();
        foreach (Action action in waiting) Do(Life, action);
    }

    /// <summary>Now, or when the process runs again; never in another life of it.</summary>
    public void Do(int life, Action action)
    {
        if (!IsUp || life != Life) return;
        if (IsPaused) _waiting.Add(action);
        else action();
    }

    protected abstract void Started();

    protected abstract void Crashed();
}
