using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Commands;

/// <summary>Commands about this sentinel as a server.</summary>
internal static class ServerCommands
{
    // COMMAND [COUNT | INFO | DOCS | LIST | GETKEYS …]
    public static void Command(in SentinelCall call) =>
        CommandReplies.Write(call.Command, call.Arguments, call.Reply, call.Resp3, CommandTable.OfSentinels, CommandRegistry.Serves);

    // ROLE
    public static void Role(in SentinelCall call)
    {
        call.Reply.WriteArray(2);
        call.Reply.WriteBulk("sentinel"u8);
        call.Reply.WriteArray(call.Server.Masters.Count);
        foreach (MonitoredMaster master in call.Server.Masters) call.Reply.WriteBulk(master.Name);
    }

    // SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]
    public static void Shutdown(in SentinelCall call)
    {
        bool saves = false, doesNotSave = false, aborts = false, others = false;
        for (int i = 1; i < call.Arguments.Count; i++)
        {
            if (call.Is(i, "NOSAVE")) doesNotSave = true;
            else if (call.Is(i, "SAVE")) saves = true;
            else if (call.Is(i, "NOW") || call.Is(i, "FORCE")) others = true;
            else if (call.Is(i, "ABORT")) aborts = true;
            else
            {
                call.ReplySyntaxError();
                return;
            }
        }

        if ((aborts && (saves || doesNotSave || others)) || (saves && doesNotSave)) call.ReplySyntaxError();
        else if (aborts) call.ReplyError("ERR No shutdown in progress.");
        else if (!call.Server.TryShutDown()) call.ReplyError("ERR Errors trying to SHUTDOWN. Check logs.");
    }
}
