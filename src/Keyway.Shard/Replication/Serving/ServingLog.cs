using Microsoft.Extensions.Logging;

namespace Keyway.Shard.Replication.Serving;

/// <summary>What a server says of those that follow it, in Redis's words: operators and tests look for them.</summary>
internal static partial class ServingLog
{
    [LoggerMessage(3500, LogLevel.Information, "Replica {Replica} asks for synchronization")]
    public static partial void Asks(ILogger logger, string replica);

    [LoggerMessage(3501, LogLevel.Warning, "Replica {Replica} asks for synchronization but with a wrong offset")]
    public static partial void WrongOffset(ILogger logger, string replica);

    [LoggerMessage(3502, LogLevel.Information, "Full resync requested by replica {Replica}")]
    public static partial void FullAsked(ILogger logger, string replica);

    [LoggerMessage(3503, LogLevel.Information, "Partial resynchronization not accepted: Replication ID mismatch (Replica asked for '{Asked}', my replication IDs are '{Id}' and '{FormerId}')")]
    public static partial void OtherHistory(ILogger logger, string asked, string id, string formerId);

    [LoggerMessage(3504, LogLevel.Information, "Partial resynchronization not accepted: Requested offset for second ID was {Offset}, but I can reply up to {End}")]
    public static partial void BehindFormer(ILogger logger, long offset, long end);

    [LoggerMessage(3505, LogLevel.Information, "Unable to partial resync with replica {Replica} for lack of backlog (Replica request was: {Offset}).")]
    public static partial void NotInBacklog(ILogger logger, string replica, long offset);

    [LoggerMessage(3506, LogLevel.Warning, "{Word}: replica {Replica} tried to PSYNC with an offset that is greater than the master replication offset.")]
    public static partial void AheadOfUs(ILogger logger, string replica, string word = "Warning");

    [LoggerMessage(3507, LogLevel.Information, "Partial resynchronization request from {Replica} accepted. Sending {Bytes} bytes of backlog starting from offset {Offset}.")]
    public static partial void PartialAccepted(ILogger logger, string replica, long bytes, long offset);

    [LoggerMessage(3508, LogLevel.Information, "Replication backlog created, my new replication IDs are '{Id}' and '{FormerId}'")]
    public static partial void BacklogCreated(ILogger logger, string id, string formerId);

    [LoggerMessage(3509, LogLevel.Information, "Replication backlog freed after {Seconds} seconds without connected replicas.")]
    public static partial void BacklogFreed(ILogger logger, long seconds);

    [LoggerMessage(3510, LogLevel.Information, "Delay next BGSAVE for diskless SYNC")]
    public static partial void Delayed(ILogger logger);

    [LoggerMessage(3511, LogLevel.Information, "Starting BGSAVE for SYNC with target: {Target}")]
    public static partial void Starting(ILogger logger, string target);

    [LoggerMessage(3512, LogLevel.Information, "Waiting for end of BGSAVE for SYNC")]
    public static partial void Joined(ILogger logger);

    [LoggerMessage(3513, LogLevel.Information, "Can't attach the replica to the current BGSAVE. Waiting for next BGSAVE for SYNC")]
    public static partial void CannotJoin(ILogger logger);

    [LoggerMessage(3514, LogLevel.Information, "Current BGSAVE has socket target. Waiting for next BGSAVE for SYNC")]
    public static partial void CannotJoinTransfer(ILogger logger);

    [LoggerMessage(3515, LogLevel.Information, "No BGSAVE in progress, but another BG operation is active. BGSAVE for replication delayed")]
    public static partial void DelayedByAnother(ILogger logger);

    [LoggerMessage(3516, LogLevel.Information, "Background RDB transfer started by pid {Pid}")]
    public static partial void TransferStarted(ILogger logger, int pid);

    [LoggerMessage(3517, LogLevel.Warning, "Diskless rdb transfer, done reading from pipe, {Replicas} replicas still up.")]
    public static partial void TransferRead(ILogger logger, int replicas);

    [LoggerMessage(3518, LogLevel.Warning, "Diskless rdb transfer, last replica dropped, killing fork child.")]
    public static partial void TransferAbandoned(ILogger logger);

    [LoggerMessage(3519, LogLevel.Information, "Background RDB transfer terminated with success")]
    public static partial void TransferDone(ILogger logger);

    [LoggerMessage(3520, LogLevel.Warning, "Background transfer error")]
    public static partial void TransferFailed(ILogger logger);

    [LoggerMessage(3521, LogLevel.Information, "Streamed RDB transfer with replica {Replica} succeeded (socket). Waiting for REPLCONF ACK from slave to enable streaming")]
    public static partial void Streamed(ILogger logger, string replica);

    [LoggerMessage(3522, LogLevel.Information, "Synchronization with replica {Replica} succeeded")]
    public static partial void Synchronized(ILogger logger, string replica);

    [LoggerMessage(3523, LogLevel.Warning, "SYNC failed. BGSAVE child returned an error")]
    public static partial void SnapshotFailed(ILogger logger);

    [LoggerMessage(3524, LogLevel.Warning, "SYNC failed. Can't open/stat DB after BGSAVE: {Reason}")]
    public static partial void FileNotOpened(ILogger logger, string reason);

    [LoggerMessage(3525, LogLevel.Warning, "Read error sending DB to replica: {Reason}")]
    public static partial void FileNotRead(ILogger logger, string reason);

    [LoggerMessage(3526, LogLevel.Warning, "BGSAVE for replication failed")]
    public static partial void NotStarted(ILogger logger);

    [LoggerMessage(3527, LogLevel.Warning, "Connection with replica {Replica} lost.")]
    public static partial void Lost(ILogger logger, string replica);

    [LoggerMessage(3528, LogLevel.Warning, "Disconnecting timedout replica ({Phase}): {Replica}")]
    public static partial void TimedOut(ILogger logger, string phase, string replica);

    [LoggerMessage(3529, LogLevel.Warning, "Replica generated a reply to command '{Command}', disconnecting it: {Client}")]
    public static partial void MadeAReply(ILogger logger, string command, string client);

    [LoggerMessage(3530, LogLevel.Warning, "== CRITICAL == This {Role} is sending an error to its replica: '{Error}' after processing the command '{Command}'")]
    public static partial void MadeAnError(ILogger logger, string role, string error, string command);

    [LoggerMessage(3531, LogLevel.Information, "FAILOVER requested to {Host}:{Port}.")]
    public static partial void FailoverTo(ILogger logger, string host, long port);

    [LoggerMessage(3532, LogLevel.Information, "FAILOVER requested.")]
    public static partial void FailoverToAny(ILogger logger);

    [LoggerMessage(3533, LogLevel.Information, "Failover to {Host}:{Port} time out exceeded, failing over.")]
    public static partial void FailoverForced(ILogger logger, string host, long port);

    [LoggerMessage(3534, LogLevel.Information, "Failover target {Host}:{Port} is synced, failing over.")]
    public static partial void FailoverSynced(ILogger logger, string host, long port);

    [LoggerMessage(3535, LogLevel.Information, "Aborting failover to {Host}:{Port} while {State}: {Reason}")]
    public static partial void FailoverToAborted(ILogger logger, string host, long port, string state, string reason);

    [LoggerMessage(3536, LogLevel.Information, "Aborting failover while {State}: {Reason}")]
    public static partial void FailoverAborted(ILogger logger, string state, string reason);

    [LoggerMessage(3537, LogLevel.Information, "Failover request received for replid {Id}.")]
    public static partial void FailoverReceived(ILogger logger, string id);

    [LoggerMessage(3538, LogLevel.Information, "MASTER MODE enabled (failover request from '{Client}')")]
    public static partial void PromotedByFailover(ILogger logger, string client);

    [LoggerMessage(3539, LogLevel.Warning, "This master has started without any data. A replica that follows it now, such as {Replica}, which has {Offset} bytes of another history, loses what it has.")]
    public static partial void EmptyMaster(ILogger logger, string replica, string offset);

    [LoggerMessage(3540, LogLevel.Information, "Changing replication IDs after receiving change-repl-id")]
    public static partial void IdChanged(ILogger logger);

    [LoggerMessage(3541, LogLevel.Information, "RDB transfer completed, rdb only replica ({Replica}) should be disconnected asap")]
    public static partial void SnapshotOnlyDone(ILogger logger, string replica);

    [LoggerMessage(3542, LogLevel.Information, "Waiting for replicas before shutting down.")]
    public static partial void ShutdownWaits(ILogger logger);

    [LoggerMessage(3543, LogLevel.Warning, "Lagging replica {Replica} reported offset {Bytes} behind master, lag={Seconds}, state={State}.")]
    public static partial void Lags(ILogger logger, string replica, long bytes, long seconds, string state);

    [LoggerMessage(3544, LogLevel.Information, "{InSync} of {Replicas} replicas are in sync when shutting down.")]
    public static partial void InSyncAtShutdown(ILogger logger, int inSync, int replicas);

    [LoggerMessage(3545, LogLevel.Information, "Removing the RDB file {File} used to sync replicas in a persistence-less instance")]
    public static partial void FileRemoved(ILogger logger, string file);
}
