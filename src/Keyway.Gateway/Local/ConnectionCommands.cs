using Keyway.Gateway.Sessions;
using Keyway.Protocol;

namespace Keyway.Gateway.Local;

/// <summary>What a client says about its connection.</summary>
internal static class ConnectionCommands
{
    // PING [message]
    public static void Ping(in LocalCall call)
    {
        if (call.Arguments.Count > 2) call.Reply.WriteError("ERR wrong number of arguments for 'ping' command"u8);
        else if (call.Session.State.Has(SessionModes.Subscribed) && !call.Resp3) PingWhileListening(in call);
        else if (call.Arguments.Count == 2) call.Reply.WriteBulk(call.Arguments[1]);
        else call.Reply.WriteSimple("PONG"u8);
    }

    // In RESP2 a client that listens is answered in the shape of a message.
    private static void PingWhileListening(in LocalCall call)
    {
        call.Reply.WriteArray(2);
        call.Reply.WriteBulk("pong"u8);
        call.Reply.WriteBulk(call.Arguments.Count == 2 ? call.Arguments[1] : default);
    }

    // ECHO message
    public static void Echo(in LocalCall call) => call.Reply.WriteBulk(call.Arguments[1]);

    // SELECT index: the links of that database are used from the next request on. A database that a shard does not have is the shard's to refuse.
    public static void Select(in LocalCall call)
    {
        if (!RespNumber.TryParseLong(call.Arguments[1], out long index))
        {
            call.Reply.WriteError("ERR value is not an integer or out of range"u8);
        }
        else if (index is < int.MinValue or > int.MaxValue)
        {
            call.Reply.WriteError("ERR value is out of range, value must between -2147483648 and 2147483647"u8);
        }
        else if (index < 0 || index >= call.Session.Pool.Definition.Databases)
        {
            call.Reply.WriteError("ERR DB index is out of range"u8);
        }
        else
        {
            call.Session.SelectDatabase((int)index);
            call.Reply.WriteOk();
        }
    }

    // QUIT
    public static void Quit(in LocalCall call)
    {
        call.Reply.WriteOk();
        call.Session.CloseAfterReplies();
    }

    // RESET
    public static void Reset(in LocalCall call)
    {
        call.Session.Reset();
        call.Reply.WriteSimple("RESET"u8);
    }
}
