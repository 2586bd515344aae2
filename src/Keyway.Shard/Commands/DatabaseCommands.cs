using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Commands;

/// <summary>Commands on whole databases.</summary>
internal static class DatabaseCommands
{
    // SELECT index
    public static void Select(ref CommandContext context)
    {
        if (!context.TryReadInt(1, out int index) || !context.TryFindDatabase(index, out Database database)) return;
        context.Client.Database = database;
        context.ReplyOk();
    }

    // DBSIZE
    public static void DbSize(ref CommandContext context) => context.ReplyInteger(context.Keyspace.Count);

    // FLUSHDB [ASYNC | SYNC]
    public static void FlushDb(ref CommandContext context)
    {
        if (!TryReadFlushMode(ref context, out bool inSlices)) return;
        long keys = context.Keyspace.Count;
        context.Keyspace.Clear(inSlices);
        Finish(ref context, keys, inSlices);
        context.ReplyOk();
    }

    // FLUSHALL [ASYNC | SYNC]
    public static void FlushAll(ref CommandContext context)
    {
        if (!TryReadFlushMode(ref context, out bool inSlices)) return;
        long keys = context.Databases.TotalKeys;
        for (int i = 0; i < context.Databases.Count; i++) context.Databases[i].Clear(inSlices);
        Finish(ref context, keys, inSlices);

        // With save points the answer waits for the file, but not where there is none to wait, or somebody else has the order of replies in hand.
        ClientSession client = context.Client;
        bool mayWait = !client.DeniesBlocking && context.Reply == client.Reply;
        bool isSaving = context.Server.Saves.TrySaveEmpty(mayWait ? client.EndSaving : static () => { });
        if (isSaving && mayWait)
        {
            client.BeginSaving();
            return;
        }

        if (isSaving && !client.IsStream) context.Server.Saves.AwaitDisk();
        context.ReplyOk();
    }

    // SWAPDB index1 index2
    public static void SwapDb(ref CommandContext context)
    {
        if (!TryReadIndex(ref context, 1, "ERR invalid first DB index"u8, out int first)) return;
        if (!TryReadIndex(ref context, 2, "ERR invalid second DB index"u8, out int second)) return;
        if (!context.TryFindDatabase(first, out Database one) || !context.TryFindDatabase(second, out Database other)) return;

        if (one != other) one.SwapWith(other);
        context.Propagation.AsIs();
        context.ReplyOk();
    }

    private static bool TryReadFlushMode(ref CommandContext context, out bool inSlices)
    {
        inSlices = context.Server.Settings.LazyUserFlush;
        if (context.Arguments.Count == 1) return true;

        inSlices = Word.Is(context.Arguments[1], "ASYNC"u8);
        if (context.Arguments.Count == 2 && (inSlices || Word.Is(context.Arguments[1], "SYNC"u8))) return true;
        context.ReplySyntaxError();
        return false;
    }

    private static void Finish(ref CommandContext context, long keys, bool inSlices)
    {
        // An empty database is flushed elsewhere too: a replica may hold what the master has lost.
        context.Propagation.AsIs(keys + 1);
        if (inSlices) context.Server.ReleaseSoon();
    }

    private static bool TryReadIndex(ref CommandContext context, int argument, ReadOnlySpan<byte> error, out int index)
    {
        bool isNumber = Protocol.RespNumber.TryParseLong(context.Arguments[argument], out long number) && number == (int)number;
        index = (int)number;
        if (!isNumber) context.ReplyError(error);
        return isNumber;
    }
}
