using System.Diagnostics;
using System.Text;
using Keyway.Platform;

namespace Keyway.Shard.Commands.Server;

/// <summary>INFO keyway, shown when it is asked for: how long the loop was ever away from its clients, and what the garbage collector had to do with it.</summary>
internal static class InfoLoop
{
    public static void Write(StringBuilder text, ShardServer server)
    {
        LoopStatistics loop = server.Loop.Statistics;
        text.Append("# Keyway\r\n")
            .Field("loop_turns", loop.Turns)
            .Field("loop_slow_turns", loop.SlowTurns - server.Statistics.SlowTurnsBefore)
            .Field("loop_longest_turn_usec", loop.LongestTurnTicks * 1_000_000 / Stopwatch.Frequency)
            .Field("gc_collections", GC.CollectionCount(0) - server.Statistics.CollectionsBefore)
            .Field("gc_pause_total_usec", (long)GC.GetTotalPauseDuration().TotalMicroseconds)
            .Field("gc_heap_bytes", GC.GetTotalMemory(forceFullCollection: false));
    }

    /// <summary>CONFIG RESETSTAT: what follows is counted from here. What the loop itself counts goes on, since others read it too.</summary>
    public static void Reset(ShardServer server)
    {
        server.Loop.Statistics.LongestTurnTicks = 0;
        server.Statistics.SlowTurnsBefore = server.Loop.Statistics.SlowTurns;
        server.Statistics.CollectionsBefore = GC.CollectionCount(0);
    }
}
