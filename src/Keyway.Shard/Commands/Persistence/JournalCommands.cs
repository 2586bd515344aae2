using Keyway.Shard.Persistence.Journal;

namespace Keyway.Shard.Commands.Persistence;

/// <summary>What is said to the journal.</summary>
internal static class JournalCommands
{
    // BGREWRITEAOF
    public static void BgRewriteAof(ref CommandContext context)
    {
        AofRewrite rewrite = context.Server.Aof.Rewrite;
        if (rewrite.IsRunning)
        {
            context.ReplyError("ERR Background append only file rewriting already in progress"u8);
            return;
        }

        rewrite.Ask();

        // A transaction's effects leave together at its end, so it must not begin in the middle of one.
        if (context.Server.IsSnapshotBusy || context.Client.DeniesBlocking)
        {
            context.ReplySimple("Background append only file rewriting scheduled"u8);
            return;
        }

        rewrite.Tick();
        context.ReplySimple("Background append only file rewriting started"u8);
    }
}
