using Keyway.Shard.Persistence;

namespace Keyway.Shard.Commands.Persistence;

internal static class ShutdownCommand
{
    // SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]
    public static void Shutdown(ref CommandContext context)
    {
        var flags = ShutdownFlags.None;
        bool aborts = false;
        for (int i = 1; i < context.Arguments.Count; i++)
        {
            ReadOnlySpan<byte> word = context.Arguments[i];
            if (Word.Is(word, "NOSAVE"u8)) flags |= ShutdownFlags.NoSave;
            else if (Word.Is(word, "SAVE"u8)) flags |= ShutdownFlags.Save;
            else if (Word.Is(word, "NOW"u8)) flags |= ShutdownFlags.Now;
            else if (Word.Is(word, "FORCE"u8)) flags |= ShutdownFlags.Force;
            else if (Word.Is(word, "ABORT"u8)) aborts = true;
            else flags = ShutdownFlags.Save | ShutdownFlags.NoSave;

            if ((flags & ShutdownFlags.Save) == 0 || (flags & ShutdownFlags.NoSave) == 0) continue;
            context.ReplySyntaxError();
            return;
        }

        if (aborts && flags != ShutdownFlags.None) context.ReplySyntaxError();
        else if (aborts && context.Server.Shutdown.TryAbort()) context.ReplyOk();
        else if (aborts) context.ReplyError("ERR No shutdown in progress."u8);
        else if (!context.Server.CanShutDown) context.ReplyError("ERR Errors trying to SHUTDOWN. Check logs."u8);
        else if ((flags & ShutdownFlags.Now) == 0 && context.Client.DeniesBlocking)
            context.ReplyError("ERR SHUTDOWN without NOW or ABORT isn't allowed for DENY BLOCKING client"u8);
        else context.Server.Shutdown.Ask(context.Client, flags);
    }
}
