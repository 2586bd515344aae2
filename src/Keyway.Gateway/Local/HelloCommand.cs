using System.Text;
using Keyway.Gateway.Local.Clients;
using Keyway.Gateway.Sessions;
using Keyway.Gateway.Users;
using Keyway.Protocol;

namespace Keyway.Gateway.Local;

/// <summary>How a client says who it is and which protocol it speaks. The protocol changes exactly at HELLO's own reply, also inside a pipeline.</summary>
internal static class HelloCommand
{
    // HELLO [protover [AUTH username password] [SETNAME clientname]]
    public static void Hello(in LocalCall call)
    {
        Arguments arguments = call.Arguments;
        SessionState state = call.Session.State;
        long version = state.Resp3 ? 3 : 2;
        if (arguments.Count > 1)
        {
            if (!RespNumber.TryParseLong(arguments[1], out version))
            {
                call.Reply.WriteError("ERR Protocol version is not an integer or out of range"u8);
                return;
            }
            if (version is not (2 or 3))
            {
                call.Reply.WriteError("NOPROTO unsupported protocol version"u8);
                return;
            }
        }

        ReadOnlySpan<byte> name = default;
        bool setsName = false;
        for (int i = 2; i < arguments.Count; i++)
        {
            int left = arguments.Count - 1 - i;
            if (Ascii.EqualsIgnoreCase(arguments[i], "AUTH"u8) && left >= 2)
            {
                if (!TryAuthenticate(in call, arguments[i + 1], arguments[i + 2])) return;
                i += 2;
            }
            else if (Ascii.EqualsIgnoreCase(arguments[i], "SETNAME"u8) && left >= 1)
            {
                name = arguments[++i];
                setsName = true;
                if (ClientCommands.IsValidName(name)) continue;
                call.Reply.WriteError(ClientCommands.BadName);
                return;
            }
            else
            {
                call.Reply.WriteError(Encoding.Latin1.GetBytes($"ERR Syntax error in HELLO option '{Encoding.Latin1.GetString(arguments[i])}'"));
                return;
            }
        }
        if (!state.IsAuthenticated)
        {
            call.Reply.WriteError("NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time"u8);
            return;
        }
        if (setsName) state.Name = name.ToArray();
        state.Resp3 = version == 3;
        WriteServer(in call);
    }

    // AUTH [username] password
    public static void Auth(in LocalCall call)
    {
        if (call.Arguments.Count > 3)
        {
            call.Reply.WriteError("ERR syntax error"u8);
            return;
        }
        bool hasUser = call.Arguments.Count == 3;
        if (!hasUser && call.Session.Pool.Users.Default.NeedsNoPassword)
        {
            call.Reply.WriteError("ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?"u8);
            return;
        }
        ReadOnlySpan<byte> user = hasUser ? call.Arguments[1] : "default"u8;
        if (TryAuthenticate(in call, user, call.Arguments[hasUser ? 2 : 1])) call.Reply.WriteOk();
    }

    private static bool TryAuthenticate(in LocalCall call, ReadOnlySpan<byte> user, ReadOnlySpan<byte> password)
    {
        if (call.Session.Pool.Users.Authenticate(user, password) is not { } found)
        {
            call.Session.LastCommand = call.Command.Id;
            call.Session.NoteDenial(DenialReason.Password, call.Arguments[0], Encoding.Latin1.GetString(user[..Math.Min(user.Length, 128)]));
            call.Reply.WriteError("WRONGPASS invalid username-password pair or user is disabled."u8);
            return false;
        }
        call.Session.Become(found);
        return true;
    }

    private static void WriteServer(in LocalCall call)
    {
        ReplyBuffer reply = call.Reply;
        reply.WriteMap(7, call.Resp3);
        reply.WriteBulk("server"u8);
        reply.WriteBulk("redis"u8);
        reply.WriteBulk("version"u8);
        reply.WriteBulk(GatewayInfo.RedisVersion);
        reply.WriteBulk("proto"u8);
        reply.WriteInteger(call.Resp3 ? 3 : 2);
        reply.WriteBulk("id"u8);
        reply.WriteInteger(call.Session.State.Id);
        reply.WriteBulk("mode"u8);
        reply.WriteBulk("standalone"u8);
        reply.WriteBulk("role"u8);
        reply.WriteBulk("master"u8);
        reply.WriteBulk("modules"u8);
        reply.WriteArray(0);
    }
}
