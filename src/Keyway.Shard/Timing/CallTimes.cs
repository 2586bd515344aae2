using System.Diagnostics;
using System.Runtime.CompilerServices;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Shard.Configuration;

namespace Keyway.Shard.Timing;

/// <summary>What is remembered of how long each call took: histograms of all, and those that took long.</summary>
internal sealed class CallTimes(ServerStatistics statistics, Func<long> nowMs)
{
    private static readonly double NsPerTick = 1e9 / Stopwatch.Frequency;

    private bool _tracks;
    private long _slowTicks = long.MaxValue;      // the lower of the two thresholds: one comparison a call
    private long _slowLogMicroseconds;
    private long _slowLogLength;

    public SlowLog SlowLog { get; } = new();

    public LatencyMonitor Monitor { get; } = new();

    public void Apply(Settings settings)
    {
        _tracks = settings.TracksLatency;
        _slowLogMicroseconds = settings.SlowlogThreshold;
        _slowLogLength = settings.SlowlogMaxLength;
        Monitor.ThresholdMs = settings.LatencyThresholdMs;
        SlowLog.Trim(_slowLogLength);

        double slowNs = settings.SlowlogThreshold < 0 ? double.MaxValue : settings.SlowlogThreshold * 1e3;
        if (Monitor.IsOn) slowNs = Math.Min(slowNs, settings.LatencyThresholdMs * 1e6);
        _slowTicks = (long)Math.Min(slowNs / NsPerTick, long.MaxValue / 2);
    }

    /// <param name="ticks">Of <see cref="Stopwatch"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Note(ClientSession client, Command command, in Arguments arguments, long ticks)
    {
        ref CommandCounts counts = ref statistics.ByCommand[command.Id];
        counts.Ticks += ticks;
        if (_tracks) (counts.Latencies ??= new LatencyHistogram()).Record((long)(ticks * NsPerTick));
        if (ticks >= _slowTicks) NoteSlow(client, command, arguments, ticks);
    }

    /// <summary>For what is no call: the time since the timestamp, if it was long.</summary>
    public void NoteEvent(string name, long sinceTimestamp)
    {
        if (Monitor.IsOn) Monitor.Note(name, (long)Stopwatch.GetElapsedTime(sinceTimestamp).TotalMilliseconds, nowMs());
    }

    private void NoteSlow(ClientSession client, Command command, in Arguments arguments, long ticks)
    {
        var microseconds = (long)(ticks * NsPerTick / 1e3);
        Monitor.Note(command.Is(CommandFlags.Fast) ? "fast-command" : "command", microseconds / 1000, nowMs());

        bool isLogged = _slowLogMicroseconds >= 0 && microseconds >= _slowLogMicroseconds && !command.Is(CommandFlags.SkipSlowLog);
        if (isLogged) SlowLog.Add(client, command, arguments, microseconds, nowMs(), _slowLogLength);
    }
}
