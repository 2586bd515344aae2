namespace Keyway.Sentinel.Tests.Simulation;

/// <summary>Time, chance and what is due: everything that happens is one action at one millisecond.</summary>
internal sealed class SimulatedWorld(int seed, Action<string>? log)
{
    private readonly PriorityQueue<Action, (long Time, long Order)> _due = new();
    private long _order;

    public Random Random { get; } = new(seed);

    public long Now { get; private set; } = 1000;

    public long Steps { get; private set; }

    public void After(long ms, Action action) => At(Now + ms, action);

    public void At(long time, Action action) => _due.Enqueue(action, (Math.Max(time, Now), _order++));

    public void RunUntil(long time)
    {
        while (_due.TryPeek(out Action? action, out (long Time, long Order) due) && due.Time <= time)
        {
            _due.Dequeue();
            Now = due.Time;
            Steps++;
            action();
        }
        Now = time;
    }

    public int Between(int from, int to) => Random.Next(from, to + 1);

    public bool OneIn(int chances) => Random.Next(chances) == 0;

    public T One<T>(IReadOnlyList<T> of) => of[Random.Next(of.Count)];

    public void Log(string who, string what) => log?.Invoke($"{Now,8} {who,-4} {what}");

    public bool Logs => log != null;

    public SimulationFailure Failure(string what) => new($"seed {seed} at {Now} ms: {what}");
}
