using System.Text;
using Keyway.Protocol;

namespace Keyway.Shard.Commands;

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
        else if (!TryReadFilter(ref context, filter))
        {
            return;
        }

        long killed = 0;
        bool killsSelf = false;
        for (ClientSession? client = context.Server.FirstClient; client != null; client = client.Next)
        {
            if (!filter.Takes(client, context.Client)) continue;
            killed++;
            if (client == context.Client) killsSelf = true;
            else client.CloseAtOnce();
        }

        if (!isOldForm) context.ReplyInteger(killed);
        else if (killed == 0) context.ReplyError("ERR No such client"u8);
        else context.ReplyOk();

        // Who kills itself still hears of it.
        if (killsSelf) context.Client.CloseAfterReplies();
    }

    private static bool TryReadFilter(ref CommandContext context, Filter filter)
    {
        for (int i = 2; i < context.Arguments.Count; i += 2)
        {
            if (i + 1 == context.Arguments.Count)
            {
                context.ReplySyntaxError();
                return false;
            }

            if (!TryReadOption(ref context, filter, context.Arguments[i], context.Arguments[i + 1])) return false;
        }

        return true;
    }

    private static bool TryReadOption(ref CommandContext context, Filter filter, ReadOnlySpan<byte> word, ReadOnlySpan<byte> value)
    {
        if (Word.Is(word, "ID"u8))
        {
            if (!RespNumber.TryParseLong(value, out filter.Id) || filter.Id < 1)
            {
                context.ReplyError("ERR client-id should be greater than 0"u8);
                return false;
            }
        }
        else if (Word.Is(word, "TYPE"u8))
        {
            return ClientCommands.TryReadType(ref context, value, out filter.TakesNormal);
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

    private sealed class Filter
    {
        public long Id;
        public string? Address;
        public string? LocalAddress;
        public bool TakesNormal = true;
        public bool SparesSelf = true;

        public bool Takes(ClientSession client, ClientSession self) =>
            TakesNormal
            && !client.IsClosing
            && (Id == 0 || client.Id == Id)
            && (Address == null || client.Address == Address)
            && (LocalAddress == null || client.LocalAddress == LocalAddress)
            && (!SparesSelf || client != self);
    }
}
