using Microsoft.Extensions.Logging;

namespace Keyway.Hosting.Local;

/// <summary>What the process tells an operator about the servers that it runs as its children. Ids 1100 to 1199.</summary>
internal static partial class LocalLog
{
    [LoggerMessage(1100, LogLevel.Information, "Shard {Shard}: started the server at port {Port} as {Role}, process {Process}; its log is {Log}.")]
    public static partial void Started(ILogger logger, string shard, int port, string role, int process, string log);

    [LoggerMessage(1101, LogLevel.Warning, "Shard {Shard}: the server at port {Port} has ended with code {Code}; it is started again.")]
    public static partial void Ended(ILogger logger, string shard, int port, int code);

    [LoggerMessage(1102, LogLevel.Warning, "Shard {Shard}: the server at port {Port} says: {Line}")]
    public static partial void Complained(ILogger logger, string shard, int port, string line);

    [LoggerMessage(1103, LogLevel.Warning, "Shard {Shard}: the server at port {Port} cannot be started: {Reason}; trying again.")]
    public static partial void NotStarted(ILogger logger, string shard, int port, string reason);

    [LoggerMessage(1104, LogLevel.Warning, "Shard {Shard}: the server at port {Port} starts as its master: {Why}.")]
    public static partial void OtherMaster(ILogger logger, string shard, int port, string why);

    [LoggerMessage(1105, LogLevel.Warning, "Shard {Shard}: the server at port {Master} is its master now; it was the one at port {Before}.")]
    public static partial void Switched(ILogger logger, string shard, int master, int before);

    [LoggerMessage(1106, LogLevel.Warning, "Shard {Shard}: the master at port {Port} is gone and no replica can take its place ({Reason}); it is started again.")]
    public static partial void NoSuccessor(ILogger logger, string shard, int port, string reason);

    [LoggerMessage(1107, LogLevel.Information, "Shard {Shard}: waiting for a server of a former run that still has {Folder}.")]
    public static partial void WaitingForFolder(ILogger logger, string shard, string folder);

    [LoggerMessage(1108, LogLevel.Error, "Shard {Shard}: its master could not be noted: {Reason}. Until that succeeds, only the files of its servers say which of them it is.")]
    public static partial void NotNoted(ILogger logger, string shard, string reason);

    [LoggerMessage(1109, LogLevel.Warning, "Shard {Shard}: the server at port {Port} does not end; it is killed.")]
    public static partial void Killed(ILogger logger, string shard, int port);

    [LoggerMessage(1110, LogLevel.Error, "A bug: the supervision of local shards met an exception.")]
    public static partial void Bug(ILogger logger, Exception exception);

    [LoggerMessage(1112, LogLevel.Warning, "Shard {Shard} is not watched for servers that hang: {Reason}.")]
    public static partial void NotWatched(ILogger logger, string shard, string reason);

    [LoggerMessage(1113, LogLevel.Information, "Shard {Shard}: the server at port {Port} has its master's data: it can take its place.")]
    public static partial void Synced(ILogger logger, string shard, int port);

    [LoggerMessage(1111, LogLevel.Information, "Shard {Shard}: the server at port {Port} could not be told whom to follow ({Reason}).")]
    public static partial void NotTold(ILogger logger, string shard, int port, string reason);
}
