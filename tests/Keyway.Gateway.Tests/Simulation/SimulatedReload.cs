using Keyway.Platform.Simulation;

namespace Keyway.Gateway.Tests.Simulation;

/// <summary>
/// The steps of a reload (hold, drain, swap, release) on all loops, as the server takes them, but without the thread pool between them: so that
/// a seed repeats the run.
/// </summary>
internal sealed class SimulatedReload
{
    private const long HoldMs = 5000;

    private readonly IReadOnlyList<GatewayLoop> _loops;
    private readonly SimulatedTimeProvider _time;
    private readonly long _startedAt;
    private Stage _stage;
    private int _done;

    private enum Stage { Draining, Swapping, Releasing, Over }

    public SimulatedReload(IReadOnlyList<GatewayLoop> loops, GatewayOptions now, GatewayOptions next, int[] owners, SimulatedTimeProvider time)
    {
        _loops = loops;
        _time = time;
        _startedAt = time.GetTimestamp();
        Owners = owners;
        IReadOnlyDictionary<string, IReadOnlySet<string>> losing = LosingShards.Of(now, next);
        foreach (GatewayLoop loop in loops) loop.Events.Post(() => loop.Hold(next, losing, WhenDrained));
    }

    public int[] Owners { get; }

    public bool HasSwapped { get; private set; }

    public bool IsOver => _stage == Stage.Over;

    /// <summary>Takes the next step when all loops have taken the last one.</summary>
    public void Advance()
    {
        bool all = _done == _loops.Count;
        switch (_stage)
        {
            case Stage.Draining when all:
                Take(Stage.Swapping, loop => loop.Swap());
                HasSwapped = true;
                break;
            case Stage.Draining when (_time.GetTimestamp() - _startedAt) / TimeSpan.TicksPerMillisecond > HoldMs:
                Take(Stage.Releasing, loop => loop.Release());
                break;
            case Stage.Swapping when all:
                Take(Stage.Releasing, loop => loop.Release());
                break;
            case Stage.Releasing when all:
                _stage = Stage.Over;
                break;
        }
    }

    private void WhenDrained()
    {
        if (_stage == Stage.Draining) _done++;
    }

    private void Take(Stage stage, Action<GatewayLoop> action)
    {
        _stage = stage;
        _done = 0;
        foreach (GatewayLoop loop in _loops)
        {
            loop.Events.Post(() =>
            {
                action(loop);
                _done++;
            });
        }
    }
}
