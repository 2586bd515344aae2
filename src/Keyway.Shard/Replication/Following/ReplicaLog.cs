using Microsoft.Extensions.Logging;

namespace Keyway.Shard.Replication.Following;

/// <summary>What a replica tells of its link to its master, in Redis's words.</summary>
internal static partial class ReplicaLog
{
    [LoggerMessage(3200, LogLevel.Information, "Connecting to MASTER {Host}:{Port}")]
    public static partial void ConnectingTo(ILogger logger, string host, int port);

    [LoggerMessage(3201, LogLevel.Information, "MASTER <-> REPLICA sync started")]
    public static partial void SyncStarted(ILogger logger);

    [LoggerMessage(3202, LogLevel.Information, "Non blocking connect for SYNC fired the event.")]
    public static partial void Connected(ILogger logger);

    [LoggerMessage(3256, LogLevel.Warning, "Unable to connect to MASTER: {Reason}")]
    public static partial void CannotConnect(ILogger logger, string reason);

    [LoggerMessage(3203, LogLevel.Warning, "Error condition on socket for SYNC: {Reason}")]
    public static partial void NotConnected(ILogger logger, string reason);

    [LoggerMessage(3204, LogLevel.Warning, "Error reply to PING from master: '{Reply}'")]
    public static partial void PingRefused(ILogger logger, string reply);

    [LoggerMessage(3205, LogLevel.Information, "Master replied to PING, replication can continue...")]
    public static partial void PingAnswered(ILogger logger);

    [LoggerMessage(3206, LogLevel.Warning, "Unable to AUTH to MASTER: {Reply}")]
    public static partial void AuthRefused(ILogger logger, string reply);

    [LoggerMessage(3207, LogLevel.Information, "(Non critical) Master does not understand REPLCONF listening-port: {Reply}")]
    public static partial void PortNotUnderstood(ILogger logger, string reply);

    [LoggerMessage(3208, LogLevel.Information, "(Non critical) Master does not understand REPLCONF ip-address: {Reply}")]
    public static partial void AddressNotUnderstood(ILogger logger, string reply);

    [LoggerMessage(3209, LogLevel.Information, "(Non critical) Master does not understand REPLCONF capa: {Reply}")]
    public static partial void CapabilitiesNotUnderstood(ILogger logger, string reply);

    [LoggerMessage(3210, LogLevel.Information, "Partial resynchronization not possible (no cached master)")]
    public static partial void NothingToGoOnFrom(ILogger logger);

    [LoggerMessage(3211, LogLevel.Information, "Trying a partial resynchronization (request {Id}:{NextByte}).")]
    public static partial void TryingPartial(ILogger logger, string id, string nextByte);

    [LoggerMessage(3212, LogLevel.Information, "Master is currently unable to PSYNC but should be in the future: {Reply}")]
    public static partial void MasterNotReady(ILogger logger, string reply);

    [LoggerMessage(3213, LogLevel.Information, "Master does not support PSYNC or is in error state (reply: {Reply})")]
    public static partial void MasterWithoutPSync(ILogger logger, string reply);

    [LoggerMessage(3214, LogLevel.Warning, "Unexpected reply to PSYNC from master: {Reply}")]
    public static partial void UnexpectedPSyncReply(ILogger logger, string reply);

    [LoggerMessage(3215, LogLevel.Information, "Retrying with SYNC...")]
    public static partial void RetryingWithSync(ILogger logger);

    [LoggerMessage(3216, LogLevel.Warning, "Master replied with wrong +FULLRESYNC syntax.")]
    public static partial void WrongFullResync(ILogger logger);

    [LoggerMessage(3217, LogLevel.Information, "Full resync from master: {Id}:{Offset}")]
    public static partial void FullResync(ILogger logger, string id, long offset);

    [LoggerMessage(3218, LogLevel.Information, "Successful partial resynchronization with master.")]
    public static partial void PartialResync(ILogger logger);

    [LoggerMessage(3219, LogLevel.Information, "Master replication ID changed to {Id}")]
    public static partial void HistoryRenamed(ILogger logger, string id);

    [LoggerMessage(3220, LogLevel.Information, "MASTER <-> REPLICA sync: Master accepted a Partial Resynchronization.")]
    public static partial void PartialAccepted(ILogger logger);

    [LoggerMessage(3221, LogLevel.Warning, "MASTER aborted replication with an error: {Error}")]
    public static partial void TransferRefused(ILogger logger, string error);

    [LoggerMessage(3222, LogLevel.Warning, "Bad protocol from MASTER, the first byte is not '$' (we received '{Line}'), are you sure the host and port are right?")]
    public static partial void NoTransferHeader(ILogger logger, string line);

    [LoggerMessage(3223, LogLevel.Information, "MASTER <-> REPLICA sync: receiving {Bytes} bytes from master {Where}")]
    public static partial void Receiving(ILogger logger, long bytes, string where);

    [LoggerMessage(3224, LogLevel.Information, "MASTER <-> REPLICA sync: receiving streamed RDB from master with EOF {Where}")]
    public static partial void ReceivingStreamed(ILogger logger, string where);

    [LoggerMessage(3225, LogLevel.Information, "MASTER <-> REPLICA sync: Flushing old data")]
    public static partial void FlushingOldData(ILogger logger);

    [LoggerMessage(3226, LogLevel.Information, "MASTER <-> REPLICA sync: Loading DB in memory")]
    public static partial void LoadingData(ILogger logger);

    [LoggerMessage(3227, LogLevel.Information, "MASTER <-> REPLICA sync: Finished with success")]
    public static partial void Finished(ILogger logger);

    [LoggerMessage(3228, LogLevel.Information, "MASTER <-> REPLICA sync: Swapping active DB with loaded DB")]
    public static partial void SwappingData(ILogger logger);

    [LoggerMessage(3229, LogLevel.Information, "MASTER <-> REPLICA sync: Discarding old DB in background")]
    public static partial void DiscardingOldData(ILogger logger);

    [LoggerMessage(3230, LogLevel.Information, "MASTER <-> REPLICA sync: Discarding temporary DB in background")]
    public static partial void DiscardingNewData(ILogger logger);

    [LoggerMessage(3231, LogLevel.Warning, "Failed trying to load the MASTER synchronization DB from socket, check server logs. {Reason}")]
    public static partial void NotLoadedFromSocket(ILogger logger, string reason);

    [LoggerMessage(3232, LogLevel.Warning, "Failed trying to load the MASTER synchronization DB from disk, check server logs. {Reason}")]
    public static partial void NotLoadedFromDisk(ILogger logger, string reason);

    [LoggerMessage(3233, LogLevel.Warning, "Replication stream EOF marker is broken")]
    public static partial void BrokenEndMark(ILogger logger);

    [LoggerMessage(3234, LogLevel.Warning, "I/O error trying to sync with MASTER: {Reason}")]
    public static partial void TransferLost(ILogger logger, string reason);

    [LoggerMessage(3235, LogLevel.Warning, "Opening the temp file needed for MASTER <-> REPLICA synchronization: {Reason}")]
    public static partial void NoTransferFile(ILogger logger, string reason);

    [LoggerMessage(3236, LogLevel.Warning, "Write error or short write writing to the DB dump file needed for MASTER <-> REPLICA synchronization: {Reason}")]
    public static partial void TransferNotWritten(ILogger logger, string reason);

    [LoggerMessage(3237, LogLevel.Warning, "Failed trying to sync the temp DB to disk in MASTER <-> REPLICA synchronization: {Reason}")]
    public static partial void TransferNotSynced(ILogger logger, string reason);

    [LoggerMessage(3238, LogLevel.Warning, "Failed trying to rename the temp DB into {File} in MASTER <-> REPLICA synchronization: {Reason}")]
    public static partial void TransferNotRenamed(ILogger logger, string file, string reason);

    [LoggerMessage(3239, LogLevel.Warning, "Timeout connecting to the MASTER...")]
    public static partial void ConnectTimeout(ILogger logger);

    [LoggerMessage(3240, LogLevel.Warning, "Timeout receiving bulk data from MASTER... If the problem persists try to set the 'repl-timeout' parameter in redis.conf to a larger value.")]
    public static partial void TransferTimeout(ILogger logger);

    [LoggerMessage(3241, LogLevel.Warning, "MASTER timeout: no data nor PING received...")]
    public static partial void MasterTimeout(ILogger logger);

    [LoggerMessage(3242, LogLevel.Information, "Connection with master lost.")]
    public static partial void Lost(ILogger logger);

    [LoggerMessage(3243, LogLevel.Information, "Caching the disconnected master state.")]
    public static partial void KeepingPosition(ILogger logger);

    [LoggerMessage(3244, LogLevel.Information, "Discarding previously cached master state.")]
    public static partial void ForgettingPosition(ILogger logger);

    [LoggerMessage(3245, LogLevel.Information, "Reconnecting to MASTER {Host}:{Port}")]
    public static partial void Reconnecting(ILogger logger, string host, int port);

    [LoggerMessage(3246, LogLevel.Information, "Reconnecting to MASTER {Host}:{Port} after failure")]
    public static partial void ReconnectingAfterFailure(ILogger logger, string host, int port);

    [LoggerMessage(3247, LogLevel.Information, "Before turning into a replica, using my own master parameters to synthesize a cached master: I may be able to synchronize with the new master with just a partial transfer.")]
    public static partial void GoingOnFromOwnHistory(ILogger logger);

    [LoggerMessage(3248, LogLevel.Information, "MASTER MODE enabled (user request from '{Client}')")]
    public static partial void MasterModeEnabled(ILogger logger, string client);

    [LoggerMessage(3249, LogLevel.Information, "REPLICAOF {Host}:{Port} enabled (user request from '{Client}')")]
    public static partial void ReplicaOfEnabled(ILogger logger, string host, int port, string client);

    [LoggerMessage(3250, LogLevel.Information, "REPLICAOF would result into synchronization with the master we are already connected with. No operation performed.")]
    public static partial void AlreadyConnected(ILogger logger);

    [LoggerMessage(3251, LogLevel.Warning, "== CRITICAL == This replica is sending an error to its master: '{Error}' after processing the command '{Command}'")]
    public static partial void CommandFailed(ILogger logger, string error, string command);

    [LoggerMessage(3252, LogLevel.Warning, "{Prefix}: Receiving inline protocol from master, master stream corruption? Closing the master connection and discarding the cached master.")]
    public static partial void InlineFromMaster(ILogger logger, string prefix = "WARNING");

    [LoggerMessage(3253, LogLevel.Warning, "Protocol error ({Error}) from master: nothing of its stream can be trusted any more.")]
    public static partial void StreamBroken(ILogger logger, string error);

    [LoggerMessage(3254, LogLevel.Warning, "Setting secondary replication ID to {FormerId}, valid up to offset: {FormerEnd}. New replication ID is {Id}")]
    public static partial void HistoryBegun(ILogger logger, string formerId, long formerEnd, string id);

    [LoggerMessage(3257, LogLevel.Information, "Removing the RDB file obtained from the master. This replica has persistence disabled")]
    public static partial void RemovingFile(ILogger logger);

    [LoggerMessage(3258, LogLevel.Warning, "Replica was unable to write command to disk. The link to the master is given up until the disk takes writes again.")]
    public static partial void NotApplied(ILogger logger);

    [LoggerMessage(3259, LogLevel.Warning, "Replica is applying a command it is unable to write to disk.")]
    public static partial void AppliedUnwritten(ILogger logger);

    [LoggerMessage(3255, LogLevel.Warning, "The master sent no whole line of less than {Limit} bytes in the handshake.")]
    public static partial void LineTooLong(ILogger logger, int limit);
}
