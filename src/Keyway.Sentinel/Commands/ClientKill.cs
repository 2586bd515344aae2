using System.Text;
using Keyway.Protocol;
using Keyway.Protocol.Clients;
using Keyway.Sentinel.Sessions;

namespace Keyway.Sentinel.Commands;

/// <summary>CLIENT KILL, in its old form by address and its new one by filters.</summary>
internal static class ClientKill
{
    // CLIENT KILL ip:port | CLIENT KILL [ID id] [TYPE type] [USER user] [ADDR ip:port] [LADDR ip:port] [SKIPME yes|no]
    public static void Kill(in SentinelCall call)
    {
        bool isOldForm = call.Arguments.Count == 3;
        byte[] error = [];
        ClientFilter? filter = isOldForm
            ? ClientFilter.Of(call.Arguments[2])
            : ClientFilter.Read(call.Arguments, static name => name.SequenceEqual("default"u8), out error);
        if (filter == null)
        {
            call.ReplyError(Encoding.Latin1.GetString(error));
            return;
        }

        long killed = 0;
        bool killsSelf = false;
        foreach (SentinelClient client in call.Server.Clients.ToArray())
        {
            if (client.IsClosing || !filter.Takes(client, call.Client.Id)) continue;
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
}
