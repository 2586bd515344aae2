using System.Text;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;

namespace Keyway.Gateway.Local.Clients;

/// <summary>CLIENT UNBLOCK: ends what another client waits for, on whichever loop that client is.</summary>
internal static class ClientUnblock
{
    // CLIENT UNBLOCK client-id [TIMEOUT|ERROR]
    public static void Unblock(in LocalCall call)
    {
        Arguments arguments = call.Arguments;
        bool asError = arguments.Count > 3 && Ascii.EqualsIgnoreCase(arguments[3], "ERROR"u8);
        if (arguments.Count > 4)
        {
            call.Reply.WriteError("ERR unknown subcommand or wrong number of arguments for 'unblock'. Try CLIENT HELP."u8);
            return;
        }
        if (arguments.Count > 3 && !asError && !Ascii.EqualsIgnoreCase(arguments[3], "TIMEOUT"u8))
        {
            call.Reply.WriteError("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR"u8);
            return;
        }
        if (!RespNumber.TryParseLong(arguments[2], out long id))
        {
            call.Reply.WriteError("ERR value is not an integer or out of range"u8);
            return;
        }

        call.Session.Loop.Info.Questions.AskFor(
            call.Session,
            loop => EndWaitOn(loop, id, asError),
            (ended, reply, _) => reply.WriteInteger(ended.Contains(true) ? 1 : 0));
    }

    private static bool EndWaitOn(GatewayLoop loop, long id, bool asError)
    {
        foreach (ClientSession session in loop.Sessions)
        {
            if (session.State.Id == id) return session.TryEndWait(asError);
        }
        return false;
    }
}
