using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Streams;

namespace Keyway.Shard.Commands.Streams;

/// <summary>Entries between two IDs.</summary>
internal static class StreamRangeCommands
{
    // XRANGE key start end [COUNT count]
    public static void XRange(ref CommandContext context) => Range(ref context, startIndex: 2, endIndex: 3, isBackwards: false);

    // XREVRANGE key end start [COUNT count]
    public static void XRevRange(ref CommandContext context) => Range(ref context, startIndex: 3, endIndex: 2, isBackwards: true);

    private static void Range(ref CommandContext context, int startIndex, int endIndex, bool isBackwards)
    {
        if (!StreamArguments.TryReadStart(ref context, startIndex, out StreamId start)) return;
        if (!StreamArguments.TryReadEnd(ref context, endIndex, out StreamId end)) return;

        long limit = long.MaxValue;
        for (int i = 4; i < context.Arguments.Count; i += 2)
        {
            if (i + 1 == context.Arguments.Count || !Word.Is(context.Arguments[i], "COUNT"u8))
            {
                context.ReplySyntaxError();
                return;
            }

            if (!context.TryReadInteger(i + 1, out limit)) return;
        }

        if (!StreamLookup.TryFind(ref context, context.Arguments[1], Lookup.Read, out _, out StreamValue? stream)) return;
        if (stream == null) context.ReplyArray(0);
        else if (limit <= 0) context.ReplyNullArray();
        else context.Reply.WriteStreamEntries(stream, start, end, limit, isBackwards);
    }
}
