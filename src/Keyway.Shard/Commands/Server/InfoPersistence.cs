using System.Text;
using Keyway.Shard.Persistence;

namespace Keyway.Shard.Commands.Server;

/// <summary>INFO's section persistence.</summary>
internal static class InfoPersistence
{
    public static void Write(StringBuilder text, ShardServer server)
    {
        Loading loading = server.Loading;
        Snapshots snapshots = server.Snapshots;
        Saves saves = server.Saves;
        bool isSaving = saves.IsRunning || snapshots is { IsRunning: true, Purpose: not SnapshotPurpose.Journal };
        text.Append("# Persistence\r\n")
            .Field("loading", loading.IsOn ? 1 : 0)
            .Field("async_loading", loading.IsAsync ? 1 : 0)
            .Field("current_cow_peak", saves.IsRunning ? saves.ExtraBytesPeak : 0)
            .Field("current_cow_size", saves.ExtraBytes)
            .Field("current_cow_size_age", 0)
            .Field("current_fork_perc", snapshots.TotalKeys == 0 ? 0.0 : snapshots.WrittenKeys * 100.0 / snapshots.TotalKeys)
            .Field("current_save_keys_processed", snapshots.WrittenKeys)
            .Field("current_save_keys_total", snapshots.TotalKeys)
            .Field("rdb_changes_since_last_save", server.Propagation.Dirty)
            .Field("rdb_bgsave_in_progress", isSaving ? 1 : 0)
            .Field("rdb_last_save_time", saves.LastSavedSeconds)
            .Field("rdb_last_bgsave_status", saves.HasFailed ? "err" : "ok")
            .Field("rdb_last_bgsave_time_sec", saves.LastSeconds)
            .Field("rdb_current_bgsave_time_sec", saves.RunningSeconds)
            .Field("rdb_saves", saves.Count)
            .Field("rdb_last_cow_size", saves.LastExtraBytes)
            .Field("rdb_last_load_keys_expired", loading.KeysExpired)
            .Field("rdb_last_load_keys_loaded", loading.KeysLoaded);
        text.JournalState(server).Field("module_fork_in_progress", 0).Field("module_fork_last_cow_size", 0).JournalSizes(server);
        if (!loading.IsOn && !loading.IsAsync) return;

        text.Field("loading_start_time", loading.StartedSeconds)
            .Field("loading_total_bytes", loading.TotalBytes)
            .Field("loading_rdb_used_mem", loading.UsedMemory)
            .Field("loading_loaded_bytes", loading.LoadedBytes)
            .Field("loading_loaded_perc", loading.Percent)
            .Field("loading_eta_seconds", loading.SecondsLeft);
    }
}
