using System.Text;
using Keyway.Protocol;
using Keyway.Shard.Limits;

namespace Keyway.Shard.Commands.Clients;

/// <summary>CLIENT KILL, in its old form by address and its new one by filters.</summary>
internal static class ClientKill
{
    // CLIENT KILL ip:port | CLIENT KILL [ID id] [TYPE type] [USER user] [ADDR ip:port] [LADDR ip:port] [SKIPME yes|no]
    public static void Kill(ref CommandContext context)
    {
        var filter = new Filter();
        bool isOldForm = context.Arguments.Count == 3;
        if (isOldForm)
        {
            filter.Address = Encoding.Latin1.GetString(context.Arguments[2]);
            filter.SparesSelf = false;
        }
        else if (!TryReadFilter(ref context, ref filter))
        {
            return;
        }

        long killed = filter.Id == 0 ? KillAll(ref context, filter) : KillOne(ref context, filter);
        if (!isOldForm) context.ReplyInteger(killed);
        else if (killed == 0) context.ReplyError("ERR No such client"u8);
        else context.ReplyOk();

        // Who kills itself still hears of it.
        if (!filter.SparesSelf && filter.Takes(context.Client, context.Client)) context.Client.CloseAfterReplies();
    }

    private static long KillAll(ref CommandContext context, in Filter filter)
    {
        long killed = 0;
        for (ClientSession? client = context.Server.FirstClient; client != null; client = client.Next)
        {
            if (!filter.Takes(client, context.Client)) continue;
            killed++;
            if (client != context.Client) client.CloseAtOnce();
        }

        return killed;
    }

    private static long KillOne(ref CommandContext context, in Filter filter)
    {
        if (context.Server.FindClient(filter.Id) is not { } client || !filter.Takes(client, context.Client)) return 0;
        if (client != context.Client) client.CloseAtOnce();
        return 1;
    }

    private static bool TryReadFilter(ref CommandContext context, ref Filter filter)
    {
        for (int i = 2; i < context.Arguments.Count; i += 2)
        {
            if (i + 1 == context.Arguments.Count)
            {
                context.ReplySyntaxError();
                return false;
            }

            if (!TryReadOption(ref context, ref filter, context.Arguments[i], context.Arguments[i + 1])) return false;
        }

        return true;
    }

    private static bool TryReadOption(ref CommandContext context, ref Filter filter, ReadOnlySpan<byte> word, ReadOnlySpan<byte> value)
    {
        if (Word.Is(word, "ID"u8))
        {
            if (RespNumber.TryParseLong(value, out filter.Id) && filter.Id >= 1) return true;
            context.ReplyError("ERR client-id should be greater than 0"u8);
            return false;
        }

        if (Word.Is(word, "TYPE"u8))
        {
            if (!ClientList.TryReadType(ref context, value, out ClientType type)) return false;
            filter.Type = type;
        }
        else if (Word.Is(word, "ADDR"u8))
        {
            filter.Address = Encoding.Latin1.GetString(value);
        }
        else if (Word.Is(word, "LADDR"u8))
        {
            filter.LocalAddress = Encoding.Latin1.GetString(value);
        }
        else if (Word.Is(word, "USER"u8))
        {
            if (value.SequenceEqual("default"u8)) return true;
            context.ReplyError(CommandContext.Concatenate("ERR No such user '", value, "'"));
            return false;
        }
        else if (Word.Is(word, "SKIPME"u8) && (Word.Is(value, "YES"u8) || Word.Is(value, "NO"u8)))
        {
            filter.SparesSelf = Word.Is(value, "YES"u8);
        }
        else
        {
            context.ReplySyntaxError();
            return false;
        }

        return true;
    }

    private struct Filter()
    {
        public long Id;
        public string? Address;
        public string? LocalAddress;
        public ClientType? Type;
        public bool SparesSelf = true;

        public readonly bool Takes(ClientSession client, ClientSession self) =>
            !client.IsClosing
            && (!SparesSelf || client != self)
            && (Id == 0 || client.Id == Id)
            && (Type == null || client.Type == Type)
            && (Address == null || client.Address == Address)
            && (LocalAddress == null || client.LocalAddress == LocalAddress);
    }
}
