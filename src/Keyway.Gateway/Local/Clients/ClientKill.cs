using System.Text;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;

namespace Keyway.Gateway.Local.Clients;

/// <summary>CLIENT KILL, in its old form by address and its new one by filters, over all loops and pools.</summary>
internal static class ClientKill
{
    // CLIENT KILL ip:port | CLIENT KILL [ID id] [TYPE type] [USER user] [ADDR ip:port] [LADDR ip:port] [SKIPME yes|no]
    public static void Kill(in LocalCall call)
    {
        ClientSession self = call.Session;
        bool isOldForm = call.Arguments.Count == 3;
        ClientFilter? filter = isOldForm
            ? new ClientFilter { Address = Encoding.Latin1.GetString(call.Arguments[2]), SparesSelf = false }
            : ReadFilter(in call);
        if (filter is null) return;
        self.Loop.Info.Questions.AskFor(
            self,
            loop => KillOn(loop, filter, self),
            (killed, reply, _) =>
            {
                int count = killed.Sum();
                if (!isOldForm) reply.WriteInteger(count);
                else if (count == 0) reply.WriteError("ERR No such client"u8);
                else reply.WriteOk();
            });
    }

    private static int KillOn(GatewayLoop loop, ClientFilter filter, ClientSession self)
    {
        int killed = 0;
        foreach (ClientSession session in loop.Sessions.ToArray())
        {
            if (session.IsClosing || !filter.Takes(session, self.State.Id)) continue;
            killed++;

            // Who kills itself still hears of it.
            if (session == self) session.CloseAfterReplies();
            else session.Abort();
        }
        return killed;
    }

    private static ClientFilter? ReadFilter(in LocalCall call)
    {
        var filter = new ClientFilter();
        for (int i = 2; i < call.Arguments.Count; i += 2)
        {
            if (i + 1 == call.Arguments.Count)
            {
                call.Reply.WriteError("ERR syntax error"u8);
                return null;
            }
            if (!TryReadOption(in call, filter, call.Arguments[i], call.Arguments[i + 1])) return null;
        }
        return filter;
    }

    private static bool TryReadOption(in LocalCall call, ClientFilter filter, ReadOnlySpan<byte> word, ReadOnlySpan<byte> value)
    {
        string text = Encoding.Latin1.GetString(value);
        if (Ascii.EqualsIgnoreCase(word, "ID"u8))
        {
            if (RespNumber.TryParseLong(value, out long id) && id >= 1)
            {
                filter.Id = id;
                return true;
            }
            call.Reply.WriteError("ERR client-id should be greater than 0"u8);
        }
        else if (Ascii.EqualsIgnoreCase(word, "TYPE"u8))
        {
            if (ClientTypes.TryParse(value, out ClientType type))
            {
                filter.Type = type;
                return true;
            }
            call.Reply.WriteError(Encoding.Latin1.GetBytes($"ERR Unknown client type '{text}'"));
        }
        else if (Ascii.EqualsIgnoreCase(word, "ADDR"u8))
        {
            filter.Address = text;
            return true;
        }
        else if (Ascii.EqualsIgnoreCase(word, "LADDR"u8))
        {
            filter.LocalAddress = text;
            return true;
        }
        else if (Ascii.EqualsIgnoreCase(word, "USER"u8))
        {
            if (call.Session.Pool.Users.Find(value) is not null)
            {
                filter.User = text;
                return true;
            }
            call.Reply.WriteError(Encoding.Latin1.GetBytes($"ERR No such user '{text}'"));
        }
        else if (Ascii.EqualsIgnoreCase(word, "SKIPME"u8) && (Ascii.EqualsIgnoreCase(value, "YES"u8) || Ascii.EqualsIgnoreCase(value, "NO"u8)))
        {
            filter.SparesSelf = Ascii.EqualsIgnoreCase(value, "YES"u8);
            return true;
        }
        else
        {
            call.Reply.WriteError("ERR syntax error"u8);
        }
        return false;
    }
}
