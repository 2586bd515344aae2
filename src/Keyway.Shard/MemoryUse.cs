using Keyway.Shard.Keyspace;

namespace Keyway.Shard;

/// <summary>Where a server's memory goes, as INFO and MEMORY STATS show it: a moment's figures, in bytes.</summary>
internal sealed class MemoryUse
{
    public MemoryUse(ShardServer server)
    {
        Used = server.UsedMemory;
        Peak = Math.Max(server.Statistics.PeakMemory, Used);
        Reserved = server.Databases.Memory.ReservedBytes;
        Resident = Environment.WorkingSet;
        for (int i = 0; i < server.Databases.Count; i++) Tables += server.Databases[i].TableBytes;
        for (ClientSession? client = server.FirstClient; client != null; client = client.Next)
        {
            if (client.IsReplica) Replicas += client.MemoryBytes;
            else Clients += client.MemoryBytes;
        }

        Backlog = server.History.BacklogMemory;
        ReplicationBuffers = server.History.Log?.MemoryBytes ?? 0;
        Replicas += ReplicationBuffers - Backlog;
        Keys = server.Databases.TotalKeys;
        Startup = ShardServer.StartupBytes;
    }

    public long Used { get; }

    public long Peak { get; }

    /// <summary>Held from the system for keys and values.</summary>
    public long Reserved { get; }

    /// <summary>Of the process, as the system sees it.</summary>
    public long Resident { get; }

    /// <summary>Before the first key.</summary>
    public long Startup { get; }

    /// <summary>By which keys are found.</summary>
    public long Tables { get; }

    public long Clients { get; }

    /// <summary>What is kept of the history for replicas that may come back.</summary>
    public long Backlog { get; }

    /// <summary>The same, and what is kept for those that lag.</summary>
    public long ReplicationBuffers { get; }

    /// <summary>Of replicas, and what is kept for them alone.</summary>
    public long Replicas { get; }

    public long Keys { get; }

    /// <summary>All that is neither key nor value.</summary>
    public long Overhead => Startup + Tables + Clients + Backlog + Replicas;

    public long Dataset => Math.Max(0, Used - Overhead);

    /// <summary>Of what came after the start, the share in percent that is keys and values.</summary>
    public double DatasetPercent => Used > Startup ? Dataset * 100.0 / (Used - Startup) : 100;

    public long BytesPerKey => Keys == 0 ? 0 : (Used - Startup) / Keys;

    public double Fragmentation => Used == 0 ? 1 : Resident / (double)Used;

    public double AllocatorFragmentation => Used == 0 ? 1 : Math.Max(Reserved, Used) / (double)Used;

    public double ResidentOverhead => Resident / (double)Math.Max(1, Math.Max(Reserved, Used));
}
