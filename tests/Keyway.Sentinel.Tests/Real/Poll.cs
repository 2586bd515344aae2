using System.Diagnostics;

namespace Keyway.Sentinel.Tests.Real;

/// <summary>Waits for what other processes bring about.</summary>
internal static class Poll
{
    public static void Until(Func<bool> isTrue, Func<string> otherwise, int limitSeconds = 40)
    {
        long start = Stopwatch.GetTimestamp();
        while (!isTrue())
        {
            if (Stopwatch.GetElapsedTime(start).TotalSeconds > limitSeconds) Assert.Fail(otherwise());
            Thread.Sleep(20);
        }
    }
}
