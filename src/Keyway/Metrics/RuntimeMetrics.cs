using System.Globalization;

namespace Keyway.Metrics;

/// <summary>What .NET says of itself; the garbage collector first, whose pauses every client feels.</summary>
internal static class RuntimeMetrics
{
    // In the order of GCMemoryInfo.GenerationInfo: the large and the pinned object heap follow the generations.
    private static readonly string[] Heaps = ["0", "1", "2", "loh", "poh"];

    public static void AddTo(MetricSet set)
    {
        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
            set.Add(MetricTable.GcCollections, GC.CollectionCount(generation), generation.ToString(CultureInfo.InvariantCulture));

        GCMemoryInfo last = GC.GetGCMemoryInfo();
        for (int i = 0; i < Heaps.Length; i++) set.Add(MetricTable.GcHeap, last.GenerationInfo[i].SizeAfterBytes, Heaps[i]);

        set.Add(MetricTable.GcMemory, GC.GetTotalMemory(forceFullCollection: false));
        set.Add(MetricTable.GcPause, GC.GetTotalPauseDuration().TotalSeconds);
        set.Add(MetricTable.GcAllocated, GC.GetTotalAllocatedBytes(precise: false));
        set.Add(MetricTable.GcCommitted, last.TotalCommittedBytes);
        set.Add(MetricTable.PoolThreads, ThreadPool.ThreadCount);
        set.Add(MetricTable.PoolQueue, ThreadPool.PendingWorkItemCount);
        set.Add(MetricTable.LockContention, Monitor.LockContentionCount);
    }
}
