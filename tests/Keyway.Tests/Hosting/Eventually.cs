using System.Diagnostics;

namespace Keyway.Tests.Hosting;

/// <summary>Waits, within bounds, for what another process does in its own time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static void True(Func<bool> condition, Func<string> orElse)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, orElse());
            Thread.Sleep(5);
        }
    }
}
