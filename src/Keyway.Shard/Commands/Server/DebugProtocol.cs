using Keyway.Protocol;

namespace Keyway.Shard.Commands.Server;

/// <summary>DEBUG PROTOCOL: one sample of each type of reply, for tests of clients.</summary>
internal static class DebugProtocol
{
    // DEBUG PROTOCOL type
    public static void Answer(ref CommandContext context)
    {
        ReadOnlySpan<byte> type = context.Arguments[2];
        ReplyBuffer reply = context.Reply;
        bool resp3 = context.Resp3;
        if (Word.Is(type, "string"u8)) context.ReplyBulk("Hello World"u8);
        else if (Word.Is(type, "integer"u8)) context.ReplyInteger(12345);
        else if (Word.Is(type, "double"u8)) reply.WriteDouble(3.141, resp3);
        else if (Word.Is(type, "null"u8)) context.ReplyNull();
        else if (Word.Is(type, "array"u8)) WriteNumbers(ref context);
        else if (Word.Is(type, "set"u8)) WriteSet(ref context);
        else if (Word.Is(type, "map"u8)) WriteMap(ref context);
        else if (Word.Is(type, "attrib"u8)) WriteAttribute(ref context);
        else if (Word.Is(type, "push"u8)) WritePush(ref context);
        else if (Word.Is(type, "verbatim"u8)) context.ReplyVerbatim("This is a verbatim\nstring");
        else if (Word.Is(type, "true"u8)) reply.WriteBool(true, resp3);
        else if (Word.Is(type, "false"u8)) reply.WriteBool(false, resp3);
        else if (Word.Is(type, "bignum"u8)) reply.WriteBigNumber("1234567999999999999999999999999999999"u8, resp3);
        else context.ReplyError("ERR Wrong protocol type name. Please use one of the following: string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false"u8);
    }

    private static void WriteNumbers(ref CommandContext context)
    {
        context.ReplyArray(3);
        for (int i = 0; i < 3; i++) context.ReplyInteger(i);
    }

    private static void WriteSet(ref CommandContext context)
    {
        context.Reply.WriteSet(3, context.Resp3);
        for (int i = 0; i < 3; i++) context.ReplyInteger(i);
    }

    private static void WriteMap(ref CommandContext context)
    {
        context.ReplyMap(3);
        for (int i = 0; i < 3; i++)
        {
            context.ReplyInteger(i);
            context.Reply.WriteBool(i == 1, context.Resp3);
        }
    }

    private static void WriteAttribute(ref CommandContext context)
    {
        if (context.Resp3)
        {
            context.Reply.Append("|1\r\n"u8);
            context.ReplyBulk("key-popularity"u8);
            context.ReplyArray(2);
            context.ReplyBulk("key:123"u8);
            context.ReplyInteger(90);
        }

        context.ReplyBulk("Some real reply following the attribute"u8);
    }

    private static void WritePush(ref CommandContext context)
    {
        if (!context.Resp3)
        {
            context.ReplyError("ERR RESP2 is not supported by this command"u8);
            return;
        }

        context.Reply.WritePush(2, context.Resp3);
        context.ReplyBulk("server-cpu-usage"u8);
        context.ReplyInteger(42);
    }
}
