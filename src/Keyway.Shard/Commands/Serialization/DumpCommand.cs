using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Commands.Serialization;

internal static class DumpCommand
{
    // DUMP key
    public static void Dump(ref CommandContext context)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists)
        {
            context.ReplyNull();
            return;
        }

        var sink = new ReplySink(context.Server.Pool);
        RdbWriter writer = context.Server.DumpWriter;
        writer.Packs = context.Server.Settings.RdbCompression;
        writer.Begin(sink);
        writer.WriteType(RdbValueWriter.TypeOf(place.Entry));
        RdbValueWriter.Write(writer, context.Keyspace, place.Entry);
        writer.EndDump();
        context.Reply.WriteBulk(sink.Written);
    }
}
