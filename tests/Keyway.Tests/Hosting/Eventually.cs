using System.Diagnostics;

namespace Keyway.Tests.Hosting;

/// <summary>Waits, within bounds, for what another process does in its own time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <param name="limit">For what takes many processes, or a sentinel's patience.</param>
    public static void True(Func<bool> condition, Func<string> orElse, TimeSpan? limit = null)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < (limit ?? Limit), orElse());
            Thread.Sleep(5);
        }
    }
}
