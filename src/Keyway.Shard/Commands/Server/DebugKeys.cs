using System.Globalization;
using System.Text;
using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Digests;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Lists;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Commands.Server;

/// <summary>What DEBUG tells of keys and their values.</summary>
internal static unsafe class DebugKeys
{
    // DEBUG OBJECT key
    public static void Object(ref CommandContext context)
    {
        if (!TryFindAnyway(ref context, out Entry entry)) return;

        AccessClock access = context.Databases.Access;
        string text = $"Value at:0x{(nuint)entry.Block:x} refcount:{ObjectCommands.ReferencesOf(context.Server, entry)} "
            + $"encoding:{Encoding.ASCII.GetString(KeyCommands.EncodingOf(entry))} serializedlength:{SerializedLength(context.Server, context.Keyspace, entry)} "
            + $"lru:{entry.AccessBits} lru_seconds_idle:{access.IdleSeconds(entry)}{DescribeList(ref context, entry)}";
        context.ReplySimple(Encoding.ASCII.GetBytes(text));
    }

    // DEBUG SDSLEN key
    public static void StringLength(ref CommandContext context)
    {
        if (!TryFindAnyway(ref context, out Entry entry)) return;
        if (entry.Kind != ValueKind.String || entry.Encoding == ValueEncoding.Integer)
        {
            context.ReplyError("ERR Not an sds encoded string."u8);
            return;
        }

        int free = entry.Room.Length - entry.ValueLength;
        string text = $"key_sds_len:{entry.KeyLength}, key_sds_avail:0, key_zmalloc: {entry.KeyLength}, "
            + $"val_sds_len:{entry.ValueLength}, val_sds_avail:{free}, val_zmalloc: {entry.MemoryBytes}";
        context.ReplySimple(Encoding.ASCII.GetBytes(text));
    }

    // DEBUG LISTPACK key
    public static void Listpack(ref CommandContext context)
    {
        if (!TryFind(ref context, out Entry entry)) return;
        if (entry.Encoding != ValueEncoding.Listpack || entry.Kind == ValueKind.List)
        {
            context.ReplyError("ERR Not a listpack encoded object."u8);
            return;
        }

        ShardLog.DebugLog(context.Server.Logger, $"listpack of {entry.ValueLength} bytes, {Keyspace.Compact.Listpack.Count(entry.Bytes)} elements");
        context.ReplySimple("Listpack structure printed on stdout"u8);
    }

    // DEBUG QUICKLIST key [0|1]
    public static void Quicklist(ref CommandContext context)
    {
        if (!TryFind(ref context, out Entry entry)) return;
        if (entry.Kind != ValueKind.List)
        {
            context.ReplyError("ERR Not a quicklist encoded object."u8);
            return;
        }

        ShardLog.DebugLog(context.Server.Logger, DescribeList(ref context, entry).TrimStart());
        context.ReplySimple("Quicklist structure printed on stdout"u8);
    }

    // DEBUG POPULATE count [prefix] [size]
    public static void Populate(ref CommandContext context)
    {
        long size = 0;
        if (!TryReadPositive(ref context, 2, out long count)) return;
        if (context.Arguments.Count == 5 && !TryReadPositive(ref context, 4, out size)) return;
        if (!context.FitsLengthLimit(size, 0)) return;

        byte[] prefix = context.Arguments.Count > 3 ? context.Arguments[3].ToArray() : "key"u8.ToArray();
        for (long i = 0; i < count; i++)
        {
            byte[] key = [.. prefix, (byte)':', .. Encoding.ASCII.GetBytes($"{i}")];
            Place place = context.Keyspace.Find(key);
            if (place.Exists) continue;

            // "value:7", filled with zeros or cut to the size, if there is one.
            byte[] value = Encoding.ASCII.GetBytes($"value:{i}");
            if (size > 0) Array.Resize(ref value, (int)size);
            context.Keyspace.SetText(place, value, Database.NoExpiry);
        }

        context.ReplyOk();
    }

    // DEBUG DIGEST
    public static void Digest(ref CommandContext context) => context.ReplySimple(Encoding.ASCII.GetBytes(ValueDigest.OfAll(context.Databases).ToString()));

    // DEBUG DIGEST-VALUE [key ...]
    public static void DigestValue(ref CommandContext context)
    {
        context.ReplyArray(context.Arguments.Count - 2);
        for (int i = 2; i < context.Arguments.Count; i++)
        {
            Place place = context.Keyspace.FindAnyway(context.Arguments[i]);
            Digest digest = place.Exists ? ValueDigest.Of(context.Keyspace, place.Entry) : default;
            context.ReplySimple(Encoding.ASCII.GetBytes(digest.ToString()));
        }
    }

    private static bool TryFind(ref CommandContext context, out Entry entry) => IsThere(ref context, context.Keyspace.Find(context.Arguments[2]), out entry);

    // Some look at what is there, though its time may have run out.
    private static bool TryFindAnyway(ref CommandContext context, out Entry entry) => IsThere(ref context, context.Keyspace.FindAnyway(context.Arguments[2]), out entry);

    private static bool IsThere(ref CommandContext context, Place place, out Entry entry)
    {
        entry = place.Exists ? place.Entry : default;
        if (!place.Exists) context.ReplyNoSuchKey();
        return place.Exists;
    }

    private static bool TryReadPositive(ref CommandContext context, int index, out long value)
    {
        if (RespNumber.TryParseLong(context.Arguments[index], out value) && value >= 0) return true;
        context.ReplyError("ERR value is out of range, must be positive"u8);
        return false;
    }

    // What follows the type in a dump.
    private static long SerializedLength(ShardServer server, Database database, Entry entry)
    {
        RdbWriter writer = server.DumpWriter;
        writer.Packs = server.Settings.RdbCompression;
        writer.Begin(Nowhere.Instance);
        RdbValueWriter.Write(writer, database, entry);
        return writer.WrittenBytes;
    }

    private static string DescribeList(ref CommandContext context, Entry entry)
    {
        if (entry.Kind != ValueKind.List) return "";

        long nodes = 1, elements, bytes;
        if (entry.IsLarge)
        {
            var list = (Quicklist)context.Keyspace.LargeValueOf(entry);
            (nodes, elements, bytes) = (list.Nodes, list.Count, 0);
            for (ListNode* node = list.Head; node != null; node = node->Next) bytes += ShownBytes(node);
        }
        else
        {
            (elements, bytes) = (Keyspace.Compact.Listpack.Count(entry.Bytes), entry.ValueLength);
        }

        double average = elements / (double)Math.Max(1, nodes);
        return string.Create(
            CultureInfo.InvariantCulture,
            $" ql_nodes:{nodes} ql_avg_node:{average:F2} ql_listpack_max:{context.Server.Settings.ListMaxListpackSize} ql_compressed:{(context.Server.Settings.ListCompressDepth == 0 ? 0 : 1)} ql_uncompressed_size:{bytes}");
    }

    // An element that stands alone lies in no listpack, as Redis counts.
    private static long ShownBytes(ListNode* node)
    {
        if (!node->IsAlone) return node->Bytes;
        ListpackElement element = Keyspace.Compact.Listpack.Read(node->Elements, Keyspace.Compact.Listpack.HeaderBytes);
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        return element.Text(digits).Length;
    }

    private sealed class Nowhere : IRdbSink
    {
        public static Nowhere Instance { get; } = new();

        public void Write(ReadOnlySpan<byte> bytes)
        {
        }
    }
}
