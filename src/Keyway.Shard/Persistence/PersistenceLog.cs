using Microsoft.Extensions.Logging;

namespace Keyway.Shard.Persistence;

internal static partial class PersistenceLog
{
    /// <summary>Why a snapshot has ended that nobody wants any more.</summary>
    public const string Abandoned = "abandoned";

    [LoggerMessage(3100, LogLevel.Information, "Background saving started by pid {Pid}")]
    public static partial void BackgroundSaveStarted(ILogger logger, int pid);

    [LoggerMessage(3101, LogLevel.Information, "DB saved on disk")]
    public static partial void Saved(ILogger logger);

    [LoggerMessage(3102, LogLevel.Information, "Background saving terminated with success")]
    public static partial void BackgroundSaveDone(ILogger logger);

    [LoggerMessage(3103, LogLevel.Warning, "Background saving error")]
    public static partial void BackgroundSaveFailed(ILogger logger);

    [LoggerMessage(3104, LogLevel.Warning, "Error saving DB on disk: {Reason}")]
    public static partial void SaveFailed(ILogger logger, string reason);

    [LoggerMessage(3105, LogLevel.Warning, "Background saving terminated: what it was to hold is not wanted any more.")]
    public static partial void BackgroundSaveTerminated(ILogger logger);

    [LoggerMessage(3106, LogLevel.Information, "{Changes} changes in {Seconds} seconds. Saving...")]
    public static partial void SavePointReached(ILogger logger, long changes, long seconds);

    [LoggerMessage(3107, LogLevel.Warning, "There is a child saving an .rdb. Killing it!")]
    public static partial void BackgroundSaveKilled(ILogger logger);

    [LoggerMessage(3110, LogLevel.Information, "Loading RDB produced by version {Version}")]
    public static partial void LoadingVersion(ILogger logger, string version);

    [LoggerMessage(3111, LogLevel.Information, "RDB age {Seconds} seconds")]
    public static partial void LoadingAge(ILogger logger, long seconds);

    [LoggerMessage(3112, LogLevel.Information, "RDB memory usage when created {Megabytes} Mb")]
    public static partial void LoadingMemory(ILogger logger, string megabytes);

    [LoggerMessage(3113, LogLevel.Information, "RDB is base AOF")]
    public static partial void LoadingBase(ILogger logger);

    [LoggerMessage(3114, LogLevel.Information, "Done loading RDB, keys loaded: {Loaded}, keys expired: {Expired}.")]
    public static partial void Loaded(ILogger logger, long loaded, long expired);

    [LoggerMessage(3115, LogLevel.Information, "DB loaded from disk: {Seconds} seconds")]
    public static partial void LoadedFromDisk(ILogger logger, string seconds);

    [LoggerMessage(3116, LogLevel.Warning, "Internal error in RDB reading offset {Offset}: {Reason}")]
    public static partial void Damaged(ILogger logger, long offset, string reason);

    [LoggerMessage(3117, LogLevel.Warning, "Cannot read the RDB file: {Reason}")]
    public static partial void Unreadable(ILogger logger, string reason);

    [LoggerMessage(3118, LogLevel.Warning, "Fatal error loading the DB, check server logs. Exiting.")]
    public static partial void LoadFailed(ILogger logger);

    [LoggerMessage(3119, LogLevel.Information, "RDB file was saved with checksum disabled: no check performed.")]
    public static partial void Unchecked(ILogger logger);

    [LoggerMessage(3120, LogLevel.Warning, "DB reloaded by DEBUG RELOAD")]
    public static partial void Reloaded(ILogger logger);

    [LoggerMessage(3121, LogLevel.Information, "Left out {Keys} keys that hold collections without elements.")]
    public static partial void EmptyKeys(ILogger logger, long keys);

    [LoggerMessage(3130, LogLevel.Information, "Saving the final RDB snapshot before exiting.")]
    public static partial void FinalSave(ILogger logger);

    [LoggerMessage(3131, LogLevel.Warning, "Error trying to save the DB, can't exit.")]
    public static partial void CannotExit(ILogger logger);

    [LoggerMessage(3132, LogLevel.Warning, "Error trying to save the DB. Exit anyway.")]
    public static partial void ExitAnyway(ILogger logger);

    [LoggerMessage(3133, LogLevel.Warning, "Errors trying to shut down the server. Check the logs for more information.")]
    public static partial void ShutdownFailed(ILogger logger);

    [LoggerMessage(3134, LogLevel.Warning, "Shutdown manually aborted.")]
    public static partial void ShutdownAborted(ILogger logger);

    [LoggerMessage(3135, LogLevel.Warning, "Received {Signal} scheduling shutdown...")]
    public static partial void SignalReceived(ILogger logger, string signal);
}
