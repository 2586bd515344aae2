using Keyway.Protocol;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Streams;

namespace Keyway.Shard.Commands.Streams;

/// <summary>IDs and entries in replies.</summary>
internal static class StreamReplies
{
    public static void WriteStreamId(this ReplyBuffer reply, StreamId id)
    {
        Span<byte> text = stackalloc byte[StreamId.MaxTextLength];
        reply.WriteBulk(text[..id.Format(text)]);
    }

    /// <summary>The entry on which the cursor stands: its ID, and its fields and values in one list.</summary>
    public static void WriteStreamEntry(this ReplyBuffer reply, ref StreamCursor cursor)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        reply.WriteArray(2);
        reply.WriteStreamId(cursor.Id);
        reply.WriteArray(cursor.FieldCount * 2L);
        for (int i = cursor.FieldCount; i > 0; i--)
        {
            cursor.ReadPair(out ListpackElement field, out ListpackElement value);
            reply.WriteBulk(field.Text(digits));
            reply.WriteBulk(value.Text(digits));
        }
    }

    /// <summary>The entry of this ID; false, with nothing written, when the stream has it no more.</summary>
    public static bool TryWriteStreamEntry(this ReplyBuffer reply, StreamValue stream, StreamId id)
    {
        var cursor = new StreamCursor(stream, id, id);
        if (!cursor.MoveNext()) return false;
        reply.WriteStreamEntry(ref cursor);
        return true;
    }

    /// <summary>A list of the entries between two bounds, so many at most.</summary>
    public static void WriteStreamEntries(this ReplyBuffer reply, StreamValue stream, StreamId from, StreamId to, long limit, bool isBackwards = false)
    {
        long count = stream.CountBetween(from, to, limit, isBackwards);
        reply.WriteArray(count);
        var cursor = new StreamCursor(stream, from, to, isBackwards);
        for (; count > 0 && cursor.MoveNext(); count--) reply.WriteStreamEntry(ref cursor);
    }
}
