using Keyway.Shard.Transactions;

namespace Keyway.Shard.Commands.Transactions;

/// <summary>MULTI, EXEC and what belongs to them.</summary>
internal static class TransactionCommands
{
    // MULTI
    public static void Multi(ref CommandContext context)
    {
        TransactionState transaction = context.Client.OpenTransactionState();
        if (transaction.IsOpen)
        {
            context.ReplyError("ERR MULTI calls can not be nested"u8);
            return;
        }

        transaction.Open();
        context.ReplyOk();
    }

    // EXEC
    public static void Exec(ref CommandContext context)
    {
        ClientSession client = context.Client;
        if (!client.IsInTransaction)
        {
            context.ReplyError("ERR EXEC without MULTI"u8);
            return;
        }

        TransactionState transaction = client.Transaction!;
        if (transaction.HasError) context.ReplyError("EXECABORT Transaction discarded because of previous errors."u8);
        else if (transaction.IsBroken || transaction.SeesExpiry()) context.ReplyNullArray();
        else Run(ref context, transaction);

        client.EndTransaction();
    }

    // DISCARD
    public static void Discard(ref CommandContext context)
    {
        if (!context.Client.IsInTransaction)
        {
            context.ReplyError("ERR DISCARD without MULTI"u8);
            return;
        }

        context.Client.EndTransaction();
        context.ReplyOk();
    }

    // WATCH key [key ...]
    public static void Watch(ref CommandContext context)
    {
        TransactionState transaction = context.Client.OpenTransactionState();
        if (transaction.IsOpen)
        {
            context.ReplyError("ERR WATCH inside MULTI is not allowed"u8);
            return;
        }

        if (!transaction.IsBroken)
        {
            for (int i = 1; i < context.Arguments.Count; i++) context.Server.Watched.Add(transaction, context.Keyspace, context.Arguments[i]);
        }

        context.ReplyOk();
    }

    // UNWATCH
    public static void Unwatch(ref CommandContext context)
    {
        if (context.Client.Transaction is { } transaction)
        {
            context.Server.Watched.RemoveAll(transaction);
            transaction.IsBroken = false;
        }

        context.ReplyOk();
    }

    private static void Run(ref CommandContext context, TransactionState transaction)
    {
        ClientSession client = context.Client;
        context.Server.Watched.RemoveAll(transaction);
        transaction.IsExecuting = true;
        context.ReplyArray(transaction.Count);
        foreach (QueuedCommand queued in transaction.Queue)
        {
            // CLIENT REPLY may be among the commands, and CLIENT KILL of oneself.
            Protocol.ReplyBuffer reply = client.ReplyMode == ReplyMode.Off || client.IsClosing ? context.Server.Unheard : context.Reply;
            context.Server.Dispatcher.Run(client, queued.Command, queued.Request.Arguments, reply);
        }

        transaction.IsExecuting = false;
    }
}
