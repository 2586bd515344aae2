using System.Diagnostics;

namespace Keyway.Gateway.Tests.Harness;

/// <summary>Brings reloads to their end: the server's own control flow goes by the thread pool, and the network turns while it does.</summary>
internal static class ReloadDriver
{
    public static string? Finish(TestGateway gateway, Task<string?> reload)
    {
        // Loops look at their ticks whether they have drained. No more time passes than that, however slow the thread pool is.
        gateway.Advance(20);
        Until(gateway, () => reload.IsCompleted);
        gateway.Settle();
        return reload.GetAwaiter().GetResult();
    }

    public static void Until(TestGateway gateway, Func<bool> done)
    {
        long start = Stopwatch.GetTimestamp();
        while (!done())
        {
            gateway.Settle();
            Thread.Yield();
            if (Stopwatch.GetElapsedTime(start).TotalSeconds > 20) throw new TimeoutException("The reload makes no progress.");
        }
    }
}
