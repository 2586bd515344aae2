using System.Security.Cryptography;
using Keyway.Protocol;
using Keyway.Protocol.Configuration;

namespace Keyway.Sentinel.Commands;

/// <summary>Commands about the connection that sends them.</summary>
internal static class ConnectionCommands
{
    // PING [message]
    public static void Ping(in SentinelCall call)
    {
        if (call.Arguments.Count > 2)
        {
            call.ReplyWrongArity();
        }
        else if (call.Client.SubscriptionCount > 0 && !call.Resp3)
        {
            // It has to look like a message.
            call.Reply.WriteArray(2);
            call.Reply.WriteBulk("pong"u8);
            call.Reply.WriteBulk(call.Arguments.Count == 2 ? call.Arguments[1] : []);
        }
        else if (call.Arguments.Count == 2)
        {
            call.Reply.WriteBulk(call.Arguments[1]);
        }
        else
        {
            call.Reply.WriteSimple("PONG"u8);
        }
    }

    // QUIT: a real sentinel does not know it, but nobody who leaves wants to be told so.
    public static void Quit(in SentinelCall call)
    {
        call.Reply.WriteOk();
        call.Client.CloseAfterReplies();
    }

    // RESET: neither.
    public static void Reset(in SentinelCall call)
    {
        call.Client.Reset();
        call.Reply.WriteSimple("RESET"u8);
    }

    // AUTH [username] password
    public static void Auth(in SentinelCall call)
    {
        if (call.Arguments.Count > 3)
        {
            call.ReplySyntaxError();
            return;
        }

        if (call.Arguments.Count == 2 && !call.Server.NeedsPassword)
        {
            call.ReplyError("ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?");
            return;
        }

        ReadOnlySpan<byte> user = call.Arguments.Count == 3 ? call.Arguments[1] : "default"u8;
        if (TryAuthenticate(call, user, call.Arguments[call.Arguments.Count - 1])) call.Reply.WriteOk();
    }

    // HELLO [protover [AUTH username password] [SETNAME clientname]]
    public static void Hello(in SentinelCall call)
    {
        bool isResp3 = call.Resp3;
        if (call.Arguments.Count > 1)
        {
            if (!RespNumber.TryParseLong(call.Arguments[1], out long version))
            {
                call.ReplyError("ERR Protocol version is not an integer or out of range");
                return;
            }

            if (version is not (2 or 3))
            {
                call.ReplyError("NOPROTO unsupported protocol version");
                return;
            }

            isResp3 = version == 3;
        }

        if (!TryApplyHelloOptions(call)) return;
        if (!call.Client.IsAuthenticated)
        {
            call.ReplyError("NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time");
            return;
        }

        call.Client.IsResp3 = isResp3;
        call.Reply.WriteMap(6, isResp3);
        call.Reply.WriteBulk("server"u8);
        call.Reply.WriteBulk("redis"u8);
        call.Reply.WriteBulk("version"u8);
        call.Reply.WriteBulk(InfoCommand.RedisVersion);
        call.Reply.WriteBulk("proto"u8);
        call.Reply.WriteInteger(isResp3 ? 3 : 2);
        call.Reply.WriteBulk("id"u8);
        call.Reply.WriteInteger(call.Client.Id);
        call.Reply.WriteBulk("mode"u8);
        call.Reply.WriteBulk("sentinel"u8);
        call.Reply.WriteBulk("modules"u8);
        call.Reply.WriteArray(0);
    }

    // Each option takes hold as it is read, whatever becomes of those behind it.
    private static bool TryApplyHelloOptions(in SentinelCall call)
    {
        for (int i = 2; i < call.Arguments.Count; i++)
        {
            int more = call.Arguments.Count - 1 - i;
            if (call.Is(i, "AUTH") && more >= 2)
            {
                if (!TryAuthenticate(call, call.Arguments[i + 1], call.Arguments[i + 2])) return false;
                i += 2;
            }
            else if (call.Is(i, "SETNAME") && more >= 1)
            {
                if (!ClientCommands.TrySetName(call, call.Arguments[++i])) return false;
            }
            else
            {
                call.ReplyError($"ERR Syntax error in HELLO option '{call.Text(i)}'");
                return false;
            }
        }

        return true;
    }

    private static bool TryAuthenticate(in SentinelCall call, ReadOnlySpan<byte> user, ReadOnlySpan<byte> password)
    {
        // Without a password the default user takes any; with one, the time that the comparison takes says nothing of where they differ.
        bool isRight = !call.Server.NeedsPassword || Same(password, call.Server.Options.Password);
        if (isRight && user.SequenceEqual("default"u8))
        {
            call.Client.IsAuthenticated = true;
            return true;
        }

        call.ReplyError("WRONGPASS invalid username-password pair or user is disabled.");
        return false;
    }

    private static bool Same(ReadOnlySpan<byte> given, string expected)
    {
        Span<byte> one = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> other = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(given, one);
        SHA256.HashData(ByteText.ToBytes(expected), other);
        return CryptographicOperations.FixedTimeEquals(one, other);
    }
}
