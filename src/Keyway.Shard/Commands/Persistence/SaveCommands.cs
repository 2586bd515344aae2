using Keyway.Shard.Persistence;

namespace Keyway.Shard.Commands.Persistence;

/// <summary>Commands that write the data to its file.</summary>
internal static class SaveCommands
{
    // SAVE
    public static void Save(ref CommandContext context)
    {
        if (IsSaving(context.Server))
        {
            context.ReplyError("ERR Background save already in progress"u8);
            return;
        }

        context.Server.Saves.CountOne();
        if (context.Server.Saves.TrySave()) context.ReplyOk();
        else context.ReplyError("ERR"u8);
    }

    // BGSAVE [SCHEDULE]
    public static void BackgroundSave(ref CommandContext context)
    {
        bool mayWait = context.Arguments.Count == 2 && Word.Is(context.Arguments[1], "SCHEDULE"u8);
        if (context.Arguments.Count > 1 && !mayWait)
        {
            context.ReplySyntaxError();
            return;
        }

        ShardServer server = context.Server;
        if (IsSaving(server))
        {
            context.ReplyError("ERR Background save already in progress"u8);
            return;
        }

        // What a transaction has still to do would come after the instant, and is part of the whole all the same.
        bool isInTransaction = context.Client.DeniesBlocking;
        if (!server.IsSnapshotBusy && !isInTransaction)
        {
            server.Saves.Start();
            context.ReplySimple("Background saving started"u8);
        }
        else if (mayWait || isInTransaction)
        {
            server.Saves.StartSoon();
            context.ReplySimple("Background saving scheduled"u8);
        }
        else
        {
            context.ReplyError(
                "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible."u8);
        }
    }

    // LASTSAVE
    public static void LastSave(ref CommandContext context) => context.ReplyInteger(context.Server.Saves.LastSavedSeconds);

    private static bool IsSaving(ShardServer server) =>
        server.Saves.IsRunning || server.Snapshots is { IsRunning: true, Purpose: not SnapshotPurpose.Journal };
}
