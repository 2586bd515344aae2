using System.Diagnostics;

namespace Keyway.Benchmarks.Checks;

/// <summary>A time in which a shard was in trouble, with a time of the same kind but without trouble on either side. On the stopwatch.</summary>
internal sealed record Trouble(long QuietFrom, long Began, long Ended, long WellFrom, long WellTo)
{
    /// <summary>Waits, lets it happen, waits until it is over and a little longer, and waits again.</summary>
    /// <param name="happen">Returns when it ends.</param>
    /// <param name="recover">Returns when the shard serves again.</param>
    public static Trouble Watch(TimeSpan quiet, Action happen, Action recover)
    {
        long quietFrom = Stopwatch.GetTimestamp();
        Thread.Sleep(quiet);
        long began = Stopwatch.GetTimestamp();
        happen();
        long ended = Stopwatch.GetTimestamp();
        recover();

        // A server that has just been started still takes a core for itself.
        Thread.Sleep(TimeSpan.FromMilliseconds(300));
        long wellFrom = Stopwatch.GetTimestamp();
        Thread.Sleep(quiet);
        return new Trouble(quietFrom, began, ended, wellFrom, Stopwatch.GetTimestamp());
    }
}
