using System.Text;

namespace Keyway.Shard.Commands.Server;

/// <summary>INFO's section memory.</summary>
internal static class InfoMemory
{
    public static void Write(StringBuilder text, ShardServer server)
    {
        var memory = new MemoryUse(server);
        long total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        long active = Math.Max(memory.Reserved, memory.Used);
        text.Append("# Memory\r\n")
            .Field("used_memory", memory.Used)
            .Field("used_memory_human", InfoText.Human(memory.Used))
            .Field("used_memory_rss", memory.Resident)
            .Field("used_memory_rss_human", InfoText.Human(memory.Resident))
            .Field("used_memory_peak", memory.Peak)
            .Field("used_memory_peak_human", InfoText.Human(memory.Peak))
            .Percent("used_memory_peak_perc", memory.Used, memory.Peak)
            .Field("used_memory_overhead", memory.Overhead)
            .Field("used_memory_startup", memory.Startup)
            .Field("used_memory_dataset", memory.Dataset)
            .Percent("used_memory_dataset_perc", memory.DatasetPercent, 100)
            .Field("allocator_allocated", memory.Used)
            .Field("allocator_active", active)
            .Field("allocator_resident", active)
            .Field("total_system_memory", total)
            .Field("total_system_memory_human", InfoText.Human(total))
            .Field("used_memory_lua", 0)
            .Field("used_memory_vm_eval", 0)
            .Field("used_memory_lua_human", InfoText.Human(0))
            .Field("used_memory_scripts_eval", 0)
            .Field("number_of_cached_scripts", 0)
            .Field("number_of_functions", 0)
            .Field("number_of_libraries", 0)
            .Field("used_memory_vm_functions", 0)
            .Field("used_memory_vm_total", 0)
            .Field("used_memory_vm_total_human", InfoText.Human(0))
            .Field("used_memory_functions", 0)
            .Field("used_memory_scripts", 0)
            .Field("used_memory_scripts_human", InfoText.Human(0))
            .Field("maxmemory", server.Settings.MaxMemory)
            .Field("maxmemory_human", InfoText.Human(server.Settings.MaxMemory))
            .Field("maxmemory_policy", server.Settings.MaxMemoryPolicy)
            .Field("allocator_frag_ratio", memory.AllocatorFragmentation)
            .Field("allocator_frag_bytes", active - memory.Used)
            .Field("allocator_rss_ratio", 1.0)
            .Field("allocator_rss_bytes", 0)
            .Field("rss_overhead_ratio", memory.ResidentOverhead)
            .Field("rss_overhead_bytes", memory.Resident - active)
            .Field("mem_fragmentation_ratio", memory.Fragmentation)
            .Field("mem_fragmentation_bytes", memory.Resident - memory.Used)
            .Field("mem_not_counted_for_evict", 0)
            .Field("mem_replication_backlog", memory.Backlog)
            .Field("mem_total_replication_buffers", memory.ReplicationBuffers)
            .Field("mem_clients_slaves", memory.Replicas)
            .Field("mem_clients_normal", memory.Clients)
            .Field("mem_cluster_links", 0)
            .Field("mem_aof_buffer", 0)
            .Field("mem_allocator", "keyway-slabs")
            .Field("active_defrag_running", 0)
            .Field("lazyfree_pending_objects", server.Databases.PendingReleases)
            .Field("lazyfreed_objects", server.Statistics.ReleasedKeys);
    }
}
