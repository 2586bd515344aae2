namespace Keyway.Hosting;

/// <summary>
/// Gives memory back to the system after a crowd of clients has left. The collector alone would do so when the next garbage comes, and a gateway
/// that is warm makes next to none: what ten thousand clients needed would stay for days. A collection of so small a heap takes a few
/// milliseconds, and is only asked for when at least a thousand clients, and half of all, have left and nobody comes or goes any more.
/// </summary>
internal sealed class CrowdMemory(Func<int> countClients, Action giveBack)
{
    public const int Crowd = 1000;

    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private int _most;
    private int _last;

    /// <summary>Called once a <see cref="Period"/>.</summary>
    public void Look()
    {
        int now = countClients();
        bool calm = now == _last;
        _last = now;
        _most = Math.Max(_most, now);
        if (!calm || _most - now < Crowd || now > _most / 2) return;

        _most = now;
        giveBack();
    }

    public static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
