using Keyway.Protocol.Clients;

namespace Keyway.Shard.Commands.Clients;

/// <summary>CLIENT KILL, in its old form by address and its new one by filters.</summary>
internal static class ClientKill
{
    // CLIENT KILL ip:port | CLIENT KILL [ID id] [TYPE type] [USER user] [ADDR ip:port] [LADDR ip:port] [SKIPME yes|no]
    public static void Kill(ref CommandContext context)
    {
        bool isOldForm = context.Arguments.Count == 3;
        byte[] error = [];
        ClientFilter? filter = isOldForm
            ? ClientFilter.Of(context.Arguments[2])
            : ClientFilter.Read(context.Arguments, static name => name.SequenceEqual("default"u8), out error);
        if (filter == null)
        {
            context.ReplyError(error);
            return;
        }

        long killed = filter.Id == 0 ? KillAll(ref context, filter) : KillOne(ref context, filter);
        if (!isOldForm) context.ReplyInteger(killed);
        else if (killed == 0) context.ReplyError("ERR No such client"u8);
        else context.ReplyOk();

        // Who kills itself still hears of it.
        if (!filter.SparesSelf && Takes(filter, context.Client, context.Client)) context.Client.CloseAfterReplies();
    }

    private static long KillAll(ref CommandContext context, ClientFilter filter)
    {
        long killed = 0;
        for (ClientSession? client = context.Server.FirstClient; client != null; client = client.Next)
        {
            if (!Takes(filter, client, context.Client)) continue;
            killed++;
            if (client != context.Client) client.CloseAtOnce();
        }

        return killed;
    }

    private static long KillOne(ref CommandContext context, ClientFilter filter)
    {
        if (context.Server.FindClient(filter.Id) is not { } client || !Takes(filter, client, context.Client)) return 0;
        if (client != context.Client) client.CloseAtOnce();
        return 1;
    }

    private static bool Takes(ClientFilter filter, ClientSession client, ClientSession self) => !client.IsClosing && filter.Takes(client, self.Id);
}
