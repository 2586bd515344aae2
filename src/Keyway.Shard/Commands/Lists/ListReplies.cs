using Keyway.Protocol;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Lists;

namespace Keyway.Shard.Commands.Lists;

/// <summary>Many elements of a list as a reply: written straight from where they lie.</summary>
internal static class ListReplies
{
    /// <param name="reply">Takes an array.</param>
    /// <param name="reader">Stands before the first of the elements.</param>
    /// <param name="count">How many there are at least, and how many are written.</param>
    public static void WriteElements(this ReplyBuffer reply, ref ListReader reader, long count)
    {
        reply.WriteArray(count);
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        for (; count > 0 && reader.MoveNext(); count--) reply.WriteBulk(reader.Value.Text(digits));
    }
}
