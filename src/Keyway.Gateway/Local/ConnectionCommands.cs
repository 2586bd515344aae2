using Keyway.Protocol;

namespace Keyway.Gateway.Local;

/// <summary>What a client says about its connection.</summary>
internal static class ConnectionCommands
{
    // PING [message]
    public static void Ping(in LocalCall call)
    {
        if (call.Arguments.Count > 2) call.Reply.WriteError("ERR wrong number of arguments for 'ping' command"u8);
        else if (call.Arguments.Count == 2) call.Reply.WriteBulk(call.Arguments[1]);
        else call.Reply.WriteSimple("PONG"u8);
    }
}
