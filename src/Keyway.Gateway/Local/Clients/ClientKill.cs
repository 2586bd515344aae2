using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Clients;

namespace Keyway.Gateway.Local.Clients;

/// <summary>CLIENT KILL, in its old form by address and its new one by filters, over all loops and pools.</summary>
internal static class ClientKill
{
    // CLIENT KILL ip:port | CLIENT KILL [ID id] [TYPE type] [USER user] [ADDR ip:port] [LADDR ip:port] [SKIPME yes|no]
    public static void Kill(in LocalCall call)
    {
        ClientSession self = call.Session;
        bool isOldForm = call.Arguments.Count == 3;
        byte[] error = [];
        ClientFilter? filter = isOldForm
            ? ClientFilter.Of(call.Arguments[2])
            : ClientFilter.Read(call.Arguments, name => self.Pool.Users.Find(name) is not null, out error);
        if (filter is null)
        {
            call.Reply.WriteError(error);
            return;
        }
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
}
