using Microsoft.Extensions.Logging;

namespace Keyway.Shard.Persistence.Journal;

internal static partial class JournalLog
{
    [LoggerMessage(3300, LogLevel.Warning, "Error writing to the AOF file: {Reason}")]
    public static partial void WriteFailed(ILogger logger, string reason);

    [LoggerMessage(3301, LogLevel.Warning, "Fail to fsync the AOF file: {Reason}")]
    public static partial void SyncFailed(ILogger logger, string reason);

    [LoggerMessage(3302, LogLevel.Warning, "AOF write error looks solved, Redis can write again.")]
    public static partial void Solved(ILogger logger);

    [LoggerMessage(3303, LogLevel.Information, "Asynchronous AOF fsync is taking too long (disk is busy?). What is written meanwhile waits in memory.")]
    public static partial void SlowSync(ILogger logger);

    [LoggerMessage(3304, LogLevel.Information, "{What}")]
    public static partial void ReadingRdb(ILogger logger, string what);

    [LoggerMessage(3305, LogLevel.Information, "DB loaded from {Kind} file {File}: {Seconds} seconds")]
    public static partial void LoadedFile(ILogger logger, string kind, string file, string seconds);

    [LoggerMessage(3306, LogLevel.Information, "DB loaded from append only file: {Seconds} seconds")]
    public static partial void Loaded(ILogger logger, string seconds);

    [LoggerMessage(3307, LogLevel.Warning, "Revert incomplete MULTI/EXEC transaction in AOF file {File}")]
    public static partial void OpenTransaction(ILogger logger, string file);

    [LoggerMessage(3308, LogLevel.Warning, "!!! Warning: short read while loading the AOF file {File}!!!")]
    public static partial void ShortRead(ILogger logger, string file);

    [LoggerMessage(3309, LogLevel.Warning, "!!! Truncating the AOF {File} at offset {Offset} !!!")]
    public static partial void Truncating(ILogger logger, string file, long offset);

    [LoggerMessage(3310, LogLevel.Warning, "AOF {File} loaded anyway because aof-load-truncated is enabled")]
    public static partial void LoadedAnyway(ILogger logger, string file);

    [LoggerMessage(3311, LogLevel.Information, "Creating AOF base file {File} on server start")]
    public static partial void CreatingBase(ILogger logger, string file);

    [LoggerMessage(3312, LogLevel.Information, "Creating AOF incr file {File} on server start")]
    public static partial void CreatingIncrement(ILogger logger, string file);

    [LoggerMessage(3313, LogLevel.Information, "Opening AOF incr file {File} on server start")]
    public static partial void OpeningIncrement(ILogger logger, string file);

    [LoggerMessage(3314, LogLevel.Information, "Successfully migrated an old-style AOF file ({File}) into the AOF directory ({Folder}).")]
    public static partial void Adopted(ILogger logger, string file, string folder);

    [LoggerMessage(3315, LogLevel.Information, "Creating AOF incr file {File} on background rewrite")]
    public static partial void CreatingForRewrite(ILogger logger, string file);

    [LoggerMessage(3316, LogLevel.Information, "Background append only file rewriting started by pid {Process}")]
    public static partial void RewriteStarted(ILogger logger, int process);

    [LoggerMessage(3317, LogLevel.Information, "Starting automatic rewriting of AOF on {Growth}% growth")]
    public static partial void RewritingOnGrowth(ILogger logger, long growth);

    [LoggerMessage(3318, LogLevel.Information, "Successfully created the temporary AOF base file {File}")]
    public static partial void BaseWritten(ILogger logger, string file);

    [LoggerMessage(3319, LogLevel.Information, "Background AOF rewrite terminated with success")]
    public static partial void RewriteEnded(ILogger logger);

    [LoggerMessage(3320, LogLevel.Information, "Successfully renamed the temporary AOF {Kind} file {From} into {To}")]
    public static partial void Renamed(ILogger logger, string kind, string from, string to);

    [LoggerMessage(3321, LogLevel.Information, "Removing the history file {File} in the background")]
    public static partial void RemovingHistory(ILogger logger, string file);

    [LoggerMessage(3322, LogLevel.Information, "Background AOF rewrite finished successfully")]
    public static partial void RewriteFinished(ILogger logger);

    [LoggerMessage(3323, LogLevel.Warning, "Background AOF rewrite terminated with error: {Reason}")]
    public static partial void RewriteFailed(ILogger logger, string reason);

    [LoggerMessage(3324, LogLevel.Warning, "Background AOF rewrite has repeatedly failed and triggered the limit, will retry in {Minutes} minutes")]
    public static partial void RewritesLimited(ILogger logger, int minutes);

    [LoggerMessage(3325, LogLevel.Warning, "AOF was enabled but there is already another background operation. An AOF background was scheduled to start when possible.")]
    public static partial void EnabledLater(ILogger logger);

    [LoggerMessage(3326, LogLevel.Warning, "The AOF cannot be turned on: {Reason}")]
    public static partial void NotEnabled(ILogger logger, string reason);

    [LoggerMessage(3327, LogLevel.Information, "Calling fsync() on the AOF file.")]
    public static partial void LastSync(ILogger logger);

    [LoggerMessage(3328, LogLevel.Warning, "Cannot remove what the rewrite has made useless: {Reason}. It is tried again after the next one.")]
    public static partial void HistoryStays(ILogger logger, string reason);

    [LoggerMessage(3329, LogLevel.Warning, "Append Only File loaded by DEBUG LOADAOF")]
    public static partial void LoadedByDebug(ILogger logger);

    [LoggerMessage(3330, LogLevel.Warning, "{Reason}")]
    public static partial void NotLoaded(ILogger logger, string reason);
}
