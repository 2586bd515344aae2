using Keyway.Protocol;
using Keyway.Sentinel.Sessions;

namespace Keyway.Sentinel.Commands;

/// <summary>CLIENT KILL, in its old form by address and its new one by filters.</summary>
internal static class ClientKill
{
    // CLIENT KILL ip:port | CLIENT KILL [ID id] [TYPE type] [USER user] [ADDR ip:port] [LADDR ip:port] [SKIPME yes|no]
    public static void Kill(in SentinelCall call)
    {
        var filter = new Filter();
        bool isOldForm = call.Arguments.Count == 3;
        if (isOldForm) filter = new Filter { Address = call.Text(2), SparesSelf = false };
        else if (!TryReadFilter(call, ref filter)) return;

        long killed = 0;
        bool killsSelf = false;
        foreach (SentinelClient client in call.Server.Clients.ToArray())
        {
            if (!filter.Takes(client, call.Client)) continue;
            killed++;
            if (client == call.Client) killsSelf = true;
            else client.CloseAtOnce();
        }

        if (!isOldForm) call.Reply.WriteInteger(killed);
        else if (killed == 0) call.ReplyError("ERR No such client");
        else call.Reply.WriteOk();

        // Who kills itself still hears of it.
        if (killsSelf) call.Client.CloseAfterReplies();
    }

    private static bool TryReadFilter(in SentinelCall call, ref Filter filter)
    {
        for (int i = 2; i < call.Arguments.Count; i += 2)
        {
            if (i + 1 == call.Arguments.Count)
            {
                call.ReplySyntaxError();
                return false;
            }

            if (!TryReadOption(call, i, ref filter)) return false;
        }

        return true;
    }

    private static bool TryReadOption(in SentinelCall call, int at, ref Filter filter)
    {
        if (call.Is(at, "ID"))
        {
            if (RespNumber.TryParseLong(call.Arguments[at + 1], out filter.Id) && filter.Id >= 1) return true;
            call.ReplyError("ERR client-id should be greater than 0");
            return false;
        }

        if (call.Is(at, "TYPE"))
        {
            if (!ClientCommands.TryReadType(call, at + 1, out ClientType type)) return false;
            filter.Type = type;
        }
        else if (call.Is(at, "ADDR"))
        {
            filter.Address = call.Text(at + 1);
        }
        else if (call.Is(at, "LADDR"))
        {
            filter.LocalAddress = call.Text(at + 1);
        }
        else if (call.Is(at, "USER"))
        {
            if (call.Text(at + 1) == "default") return true;
            call.ReplyError($"ERR No such user '{call.Text(at + 1)}'");
            return false;
        }
        else if (call.Is(at, "SKIPME") && (call.Is(at + 1, "YES") || call.Is(at + 1, "NO")))
        {
            filter.SparesSelf = call.Is(at + 1, "YES");
        }
        else
        {
            call.ReplySyntaxError();
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

        public readonly bool Takes(SentinelClient client, SentinelClient self) =>
            !client.IsClosing
            && (!SparesSelf || client != self)
            && (Id == 0 || client.Id == Id)
            && (Type == null || ClientCommands.TypeOf(client) == Type)
            && (Address == null || client.Address == Address)
            && (LocalAddress == null || client.LocalAddress == LocalAddress);
    }
}
