using static Keyway.Metrics.MetricType;

namespace Keyway.Metrics;

/// <summary>Every metric. Dashboards rely on names, labels and meaning: what is here may be added to, not changed.</summary>
internal static class MetricTable
{
    public static readonly MetricFamily BuildInfo = new("keyway_build_info", Gauge, "Always 1; says which version runs.", "version");
    public static readonly MetricFamily MapInfo = new("keyway_map_info", Gauge,
        "Always 1; gateways with the same digest place every key alike.", "digest");
    public static readonly MetricFamily MapReloads = new("keyway_map_reloads_total", Counter, "Reloads of the map by how they ended.", "result");
    public static readonly MetricFamily MapLastReload = new("keyway_map_last_reload_success_timestamp_seconds", Gauge,
        "When the map that is served was loaded.");

    public static readonly MetricFamily ClientConnections = new("keyway_client_connections", Gauge, "Clients that are connected.", "pool");
    public static readonly MetricFamily ClientConnectionsAccepted = new("keyway_client_connections_accepted_total", Counter,
        "Clients that were accepted.", "pool");
    public static readonly MetricFamily ClientReceivedBytes = new("keyway_client_received_bytes_total", Counter,
        "Bytes received from clients.", "pool");
    public static readonly MetricFamily ClientSentBytes = new("keyway_client_sent_bytes_total", Counter, "Bytes sent to clients.", "pool");
    public static readonly MetricFamily Commands = new("keyway_commands_total", Counter,
        "Commands by how they ended; a name that Keyway does not know is other.", "pool", "command", "result");
    public static readonly MetricFamily CommandDuration = new("keyway_command_duration_seconds", Histogram,
        "From a command's arrival to its reply.", "pool", "command");
    public static readonly MetricFamily Fragments = new("keyway_fragments_total", Counter,
        "Pieces that commands over several shards were split into.", "command");

    public static readonly MetricFamily ShardUp = new("keyway_shard_up", Gauge,
        "1 while requests are sent to the shard, 0 while it does not answer.", "shard", "address");
    public static readonly MetricFamily ShardRequests = new("keyway_shard_requests_total", Counter, "Requests sent to the shard.", "shard");
    public static readonly MetricFamily ShardErrors = new("keyway_shard_errors_total", Counter,
        "Requests that failed between the gateway and the shard.", "shard", "kind");
    public static readonly MetricFamily ShardRequestDuration = new("keyway_shard_request_duration_seconds", Histogram,
        "From sending a request to the shard to its reply.", "shard");
    public static readonly MetricFamily ShardInFlight = new("keyway_shard_inflight_requests", Gauge,
        "Requests that the shard owes a reply.", "shard");
    public static readonly MetricFamily ShardQueueBytes = new("keyway_shard_queue_bytes", Gauge,
        "Bytes of requests kept until they are answered.", "shard");
    public static readonly MetricFamily ShardLinks = new("keyway_shard_links", Gauge, "Connections to the shard.", "shard", "kind");
    public static readonly MetricFamily SubscriptionGaps = new("keyway_subscription_gaps_total", Counter,
        "Times that subscriptions at the shard were interrupted; messages may have been missed.", "shard");
    public static readonly MetricFamily Redirects = new("keyway_redirects_total", Counter, "Requests that a shard sent elsewhere.", "kind");
    public static readonly MetricFamily Failovers = new("keyway_failovers_total", Counter, "Times that the shard got another master.", "shard");

    public static readonly MetricFamily LoopTurns = new("keyway_loop_turns_total", Counter, "Turns of an event loop.", "loop");
    public static readonly MetricFamily LoopTurnMax = new("keyway_loop_turn_seconds_max", Gauge,
        "The longest turn of an event loop since the start, less what its thread waited for a core.", "loop");

    public static readonly MetricFamily LoopSlowTurns = new("keyway_loop_slow_turns_total", Counter,
        "Turns of an event loop that took more than five milliseconds, less what its thread waited for a core.", "loop");

    public static readonly MetricFamily ProcessCpu = new("process_cpu_seconds_total", Counter, "Total user and system CPU time spent in seconds.");
    public static readonly MetricFamily ProcessStart = new("process_start_time_seconds", Gauge,
        "Start time of the process since unix epoch in seconds.");
    public static readonly MetricFamily ProcessWorkingSet = new("process_working_set_bytes", Gauge, "Process working set.");
    public static readonly MetricFamily ProcessPrivate = new("process_private_memory_bytes", Gauge, "Process private memory size.");
    public static readonly MetricFamily ProcessVirtual = new("process_virtual_memory_bytes", Gauge, "Virtual memory size in bytes.");
    public static readonly MetricFamily ProcessResident = new("process_resident_memory_bytes", Gauge, "Resident memory size in bytes.");
    public static readonly MetricFamily ProcessThreads = new("process_num_threads", Gauge, "Total number of threads.");
    public static readonly MetricFamily ProcessHandles = new("process_open_handles", Gauge, "Number of open handles.");
    public static readonly MetricFamily ProcessOpenFds = new("process_open_fds", Gauge, "Number of open file descriptors.");
    public static readonly MetricFamily ProcessMaxFds = new("process_max_fds", Gauge, "Maximum number of open file descriptors.");

    public static readonly MetricFamily GcCollections = new("dotnet_collection_count_total", Counter, "GC collection count.", "generation");
    public static readonly MetricFamily GcMemory = new("dotnet_total_memory_bytes", Gauge, "Total known allocated memory.");
    public static readonly MetricFamily GcPause = new("dotnet_gc_pause_seconds_total", Counter,
        "Time that the process stood still for garbage collection.");
    public static readonly MetricFamily GcAllocated = new("dotnet_gc_allocated_bytes_total", Counter, "Bytes allocated on the managed heap.");
    public static readonly MetricFamily GcHeap = new("dotnet_gc_heap_size_bytes", Gauge,
        "Managed heap size after the last collection.", "generation");
    public static readonly MetricFamily GcCommitted = new("dotnet_gc_committed_bytes", Gauge,
        "Memory committed for the managed heap at the last collection.");
    public static readonly MetricFamily PoolThreads = new("dotnet_threadpool_num_threads", Gauge,
        "Threads of the thread pool; no request of a client runs there.");
    public static readonly MetricFamily PoolQueue = new("dotnet_threadpool_queue_length", Gauge, "Work waiting for the thread pool.");
    public static readonly MetricFamily LockContention = new("dotnet_lock_contention_total", Counter, "Times that a thread waited for a lock.");

    /// <summary>In the order of the page.</summary>
    public static readonly IReadOnlyList<MetricFamily> All =
    [
        BuildInfo, MapInfo, MapReloads, MapLastReload,
        ClientConnections, ClientConnectionsAccepted, ClientReceivedBytes, ClientSentBytes, Commands, CommandDuration, Fragments,
        ShardUp, ShardRequests, ShardErrors, ShardRequestDuration, ShardInFlight, ShardQueueBytes, ShardLinks, SubscriptionGaps, Redirects, Failovers,
        LoopTurns, LoopTurnMax, LoopSlowTurns,
        ProcessCpu, ProcessStart, ProcessWorkingSet, ProcessPrivate,
        ProcessVirtual, ProcessResident, ProcessThreads, ProcessHandles, ProcessOpenFds, ProcessMaxFds,
        GcCollections, GcMemory, GcPause, GcAllocated, GcHeap, GcCommitted, PoolThreads, PoolQueue, LockContention,
    ];
}
