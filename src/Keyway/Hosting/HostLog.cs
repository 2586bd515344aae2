using Microsoft.Extensions.Logging;

namespace Keyway.Hosting;

/// <summary>What the process tells an operator about itself. Ids 1000 to 1999.</summary>
internal static partial class HostLog
{
    [LoggerMessage(1001, LogLevel.Information, "Ready to accept connections")]
    public static partial void Ready(ILogger logger);

    [LoggerMessage(1002, LogLevel.Information, "Stopping: no new clients; those that are here have {Limit} for the replies that they are owed.")]
    public static partial void Draining(ILogger logger, string limit);

    [LoggerMessage(1003, LogLevel.Information, "Stopped.")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(1004, LogLevel.Information, "Reload ({Cause}): {Change}")]
    public static partial void ReloadChange(ILogger logger, string cause, string change);

    [LoggerMessage(1005, LogLevel.Information, "Reload ({Cause}): {File} is served now.")]
    public static partial void Reloaded(ILogger logger, string cause, string file);

    [LoggerMessage(1006, LogLevel.Warning, "Reload ({Cause}) refused, the old map is kept: {Reason}")]
    public static partial void ReloadRefused(ILogger logger, string cause, string reason);

    [LoggerMessage(1007, LogLevel.Warning, "Reload ({Cause}): the map is wrong, the old one is kept: {Error}")]
    public static partial void ReloadInvalid(ILogger logger, string cause, string error);

    [LoggerMessage(1008, LogLevel.Warning, "{Warning}")]
    public static partial void MapWarning(ILogger logger, string warning);

    [LoggerMessage(1009, LogLevel.Information, "{Note}")]
    public static partial void StateNote(ILogger logger, string note);

    [LoggerMessage(1010, LogLevel.Warning, "The folder of {File} cannot be watched ({Reason}); looking at the file every {Period} instead.")]
    public static partial void CannotWatch(ILogger logger, string file, string reason, string period);

    [LoggerMessage(1011, LogLevel.Error, "The map last served could not be noted again: {Reason}. The next start may refuse the map.")]
    public static partial void StateNotRestored(ILogger logger, string reason);

    [LoggerMessage(1012, LogLevel.Error, "A bug in shard {Shard}: an exception reached its event loop. The connection it came from was closed.")]
    public static partial void ShardBug(ILogger logger, string shard, Exception exception);

    [LoggerMessage(1013, LogLevel.Error, "A bug: a reload ended with an exception; the old map is kept unless the lines above say otherwise.")]
    public static partial void ReloadBug(ILogger logger, Exception exception);

    [LoggerMessage(1014, LogLevel.Information, "Keyway shard {Version}, compatible with Redis {RedisVersion}, PID: {Pid}")]
    public static partial void ShardStarting(ILogger logger, string version, string redisVersion, int pid);

    [LoggerMessage(1020, LogLevel.Information, "Keyway sentinel {Version}, compatible with Redis {RedisVersion}, PID: {Pid}")]
    public static partial void SentinelStarting(ILogger logger, string version, string redisVersion, int pid);

    [LoggerMessage(1021, LogLevel.Error, "A bug in the sentinel: an exception reached its event loop. The connection it came from was closed.")]
    public static partial void SentinelBug(ILogger logger, Exception exception);

    [LoggerMessage(1022, LogLevel.Warning, "Sentinel needs config file on disk to save state. Exiting...")]
    public static partial void SentinelWithoutFile(ILogger logger);

    [LoggerMessage(1023, LogLevel.Warning, "Sentinel config file {File} is not writable: {Reason}. Exiting...")]
    public static partial void SentinelFileNotWritable(ILogger logger, string file, string reason);

    [LoggerMessage(1017, LogLevel.Information, "Shard {Shard} keeps its files in {Folder} now; they were in {Before}, where its port was another.")]
    public static partial void FolderRenamed(ILogger logger, string shard, string folder, string before);

    [LoggerMessage(1018, LogLevel.Warning, "Failed to configure TLS: {Reason}")]
    public static partial void TlsNotConfigured(ILogger logger, string reason);

    [LoggerMessage(1024, LogLevel.Warning, "What a shard is asked for could not be rehearsed, so first requests take longer: {Reason}")]
    public static partial void NotRehearsed(ILogger logger, string reason);

    [LoggerMessage(1019, LogLevel.Warning, "Configured to not listen anywhere, exiting.")]
    public static partial void NowhereToListen(ILogger logger);

    [LoggerMessage(1025, LogLevel.Warning, "'{Option}' of the command line does not count: {File} has the role that this server had last. Remove the remark there to change that.")]
    public static partial void RolePassedOver(ILogger logger, string option, string file);

    [LoggerMessage(1016, LogLevel.Warning, "Could not listen on {EndPoint}, which was marked as optional: {Reason}")]
    public static partial void OptionalEndPoint(ILogger logger, string endPoint, string reason);
}
