using System.Globalization;
using System.Text;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Hashes;
using Keyway.Shard.Keyspace.Sets;
using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Commands.Server;

/// <summary>What DEBUG tells of hash tables. A bucket here holds seven entries before it overflows; the figures are of buckets.</summary>
internal static class DebugTables
{
    private static readonly string[] Roles = ["main hash table", "rehashing target"];

    // DEBUG HTSTATS database
    public static void Database(ref CommandContext context)
    {
        if (!context.TryReadInteger(2, out long index)) return;
        if (index < 0 || index >= context.Databases.Count)
        {
            context.ReplyError("ERR Out of range database"u8);
            return;
        }

        Database database = context.Databases[(int)index];
        var text = new StringBuilder("[Dictionary HT]\n");
        Append(text, database.Shapes());
        text.Append("[Expires HT]\n");
        AppendCount(text, database.VolatileCount);
        context.ReplyVerbatim(text.ToString());
    }

    // DEBUG HTSTATS-KEY key
    public static void Key(ref CommandContext context)
    {
        Place place = context.Keyspace.Find(context.Arguments[2]);
        if (!place.Exists)
        {
            context.ReplyNoSuchKey();
            return;
        }

        // A small set, which is no table here though it is one for whoever asks for its encoding.
        if (place.Entry is { Kind: ValueKind.Set, Encoding: ValueEncoding.Listpack })
        {
            var row = new StringBuilder();
            AppendCount(row, Listpack.Count(place.Entry.Bytes));
            context.ReplyVerbatim(row.ToString());
            return;
        }

        List<TableShape>? shapes = !place.Entry.IsLarge ? null : context.Keyspace.LargeValueOf(place.Entry) switch
        {
            LargeHash hash => hash.Elements.Shapes(),
            LargeSet set => set.Elements.Shapes(),
            LargeSortedSet sorted => sorted.Shapes(),
            _ => null,
        };
        if (shapes == null)
        {
            context.ReplyError("ERR The value stored at the specified key is not represented using an hash table"u8);
            return;
        }

        var text = new StringBuilder();
        Append(text, shapes);
        context.ReplyVerbatim(text.ToString());
    }

    private static void Append(StringBuilder text, List<TableShape> shapes)
    {
        if (shapes.Sum(shape => shape.Elements) == 0)
        {
            AppendCount(text, 0);
            return;
        }

        for (int i = 0; i < shapes.Count; i++)
        {
            TableShape shape = shapes[i];
            long used = shape.Buckets - shape.ByLength[0];
            double average = used == 0 ? 0 : shape.Elements / (double)used;
            text.Append(CultureInfo.InvariantCulture, $"Hash table {i} stats ({Roles[i]}):\n table size: {shape.Buckets}\n number of elements: {shape.Elements}\n")
                .Append(CultureInfo.InvariantCulture, $" different slots: {used}\n max chain length: {Array.FindLastIndex(shape.ByLength, count => count > 0)}\n")
                .Append(CultureInfo.InvariantCulture, $" avg chain length (counted): {average:F2}\n avg chain length (computed): {average:F2}\n Chain length distribution:\n");
            for (int length = 0; length < shape.ByLength.Length; length++)
            {
                long count = shape.ByLength[length];
                if (count > 0) text.Append(CultureInfo.InvariantCulture, $"   {length}: {count} ({count * 100.0 / shape.Buckets:F2}%)\n");
            }
        }
    }

    // Keys that expire, and the members of small sets, stand in a row, not in a table.
    private static void AppendCount(StringBuilder text, long count)
    {
        text.Append($"Hash table 0 stats ({Roles[0]}):\n");
        text.Append(count == 0 ? "No stats available for empty dictionaries\n" : $" table size: {count}\n number of elements: {count}\n");
    }
}
