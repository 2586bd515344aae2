using System.Security.Cryptography;
using Keyway.Protocol;
using Keyway.Shard.Commands.Clients;

namespace Keyway.Shard.Commands;

/// <summary>Commands about the connection that sends them.</summary>
internal static class ConnectionCommands
{
    private const string Version = "7.0.15";

    private static readonly byte[] PasswordError = "WRONGPASS invalid username-password pair or user is disabled."u8.ToArray();

    // PING [message]
    public static void Ping(ref CommandContext context)
    {
        if (context.Arguments.Count > 2)
        {
            context.ReplyWrongArity();
        }
        else if (context.Client.Subscriber != null && !context.Resp3)
        {
            // It has to look like a message.
            context.ReplyArray(2);
            context.ReplyBulk("pong"u8);
            context.ReplyBulk(context.Arguments.Count == 2 ? context.Arguments[1] : []);
        }
        else if (context.Arguments.Count == 2)
        {
            context.ReplyBulk(context.Arguments[1]);
        }
        else
        {
            context.ReplySimple("PONG"u8);
        }
    }

    // ECHO message
    public static void Echo(ref CommandContext context) => context.ReplyBulk(context.Arguments[1]);

    // QUIT
    public static void Quit(ref CommandContext context)
    {
        context.ReplyOk();
        context.Client.CloseAfterReplies();
    }

    // RESET
    public static void Reset(ref CommandContext context)
    {
        context.Client.Reset();
        context.ReplySimple("RESET"u8);
    }

    // AUTH [username] password
    public static void Auth(ref CommandContext context)
    {
        if (context.Arguments.Count > 3)
        {
            context.ReplySyntaxError();
            return;
        }

        if (context.Arguments.Count == 2 && !context.Server.NeedsPassword)
        {
            context.ReplyError("ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?"u8);
            return;
        }

        ReadOnlySpan<byte> user = context.Arguments.Count == 3 ? context.Arguments[1] : "default"u8;
        if (TryAuthenticate(ref context, user, context.Arguments[context.Arguments.Count - 1])) context.ReplyOk();
    }

    // HELLO [protover [AUTH username password] [SETNAME clientname]]
    public static void Hello(ref CommandContext context)
    {
        bool isResp3 = context.Client.IsResp3;
        if (context.Arguments.Count > 1)
        {
            if (!RespNumber.TryParseLong(context.Arguments[1], out long version))
            {
                context.ReplyError("ERR Protocol version is not an integer or out of range"u8);
                return;
            }

            if (version is not (2 or 3))
            {
                context.ReplyError("NOPROTO unsupported protocol version"u8);
                return;
            }

            isResp3 = version == 3;
        }

        if (!TryApplyHelloOptions(ref context)) return;
        if (!context.Client.IsAuthenticated)
        {
            context.ReplyError("NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time"u8);
            return;
        }

        context.Client.IsResp3 = isResp3;
        context.ReplyMap(7);
        context.ReplyBulk("server"u8);
        context.ReplyBulk("redis"u8);
        context.ReplyBulk("version"u8);
        context.ReplyBulk(Version);
        context.ReplyBulk("proto"u8);
        context.ReplyInteger(isResp3 ? 3 : 2);
        context.ReplyBulk("id"u8);
        context.ReplyInteger(context.Client.Id);
        context.ReplyBulk("mode"u8);
        context.ReplyBulk("standalone"u8);
        context.ReplyBulk("role"u8);
        context.ReplyBulk(context.Server.IsReplica ? "replica"u8 : "master"u8);
        context.ReplyBulk("modules"u8);
        context.ReplyArray(0);
    }

    // Each option takes hold as it is read, whatever becomes of those behind it.
    private static bool TryApplyHelloOptions(ref CommandContext context)
    {
        for (int i = 2; i < context.Arguments.Count; i++)
        {
            ReadOnlySpan<byte> word = context.Arguments[i];
            int more = context.Arguments.Count - 1 - i;
            if (Word.Is(word, "AUTH"u8) && more >= 2)
            {
                if (!TryAuthenticate(ref context, context.Arguments[i + 1], context.Arguments[i + 2])) return false;
                i += 2;
            }
            else if (Word.Is(word, "SETNAME"u8) && more >= 1)
            {
                if (!ClientCommands.TrySetName(ref context, context.Arguments[++i])) return false;
            }
            else
            {
                context.ReplyError(CommandContext.Concatenate("ERR Syntax error in HELLO option '", word, "'"));
                return false;
            }
        }

        return true;
    }

    private static bool TryAuthenticate(ref CommandContext context, ReadOnlySpan<byte> user, ReadOnlySpan<byte> password)
    {
        // Without a password the default user takes any; with one, the time that the comparison takes says nothing of where they differ.
        bool isRight = !context.Server.NeedsPassword || Same(password, context.Server.Settings.Password);
        if (isRight && user.SequenceEqual("default"u8))
        {
            context.Client.IsAuthenticated = true;
            return true;
        }

        context.ReplyError(PasswordError);
        return false;
    }

    private static bool Same(ReadOnlySpan<byte> given, ReadOnlySpan<byte> expected)
    {
        Span<byte> one = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> other = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(given, one);
        SHA256.HashData(expected, other);
        return CryptographicOperations.FixedTimeEquals(one, other);
    }
}
