using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Hashes;
using Keyway.Shard.Keyspace.Lists;
using Keyway.Shard.Keyspace.Sets;
using Keyway.Shard.Keyspace.SortedSets;
using Keyway.Shard.Keyspace.Streams;

namespace Keyway.Shard.Rdb.Held;

/// <summary>Which values are too large for one slice.</summary>
internal static class HeldValues
{
    private const int LargestString = 64 * 1024;
    private const int MostElements = 1000;
    private const int MostNodes = 12;             // of a list, about 8 KB each, which are packed
    private const int MostStreamNodes = 24;
    private const long MostBytes = 256 * 1024;

    /// <summary>
    /// Whether the value is to be written a part at a time. Collections in one flat buffer stay short unless somebody has set the limits very high: they are
    /// written at once.
    /// </summary>
    public static bool IsTooLarge(Databases databases, Entry entry)
    {
        if (!entry.IsLarge) return entry.Kind == ValueKind.String && entry.Encoding != ValueEncoding.Integer && entry.ValueLength > LargestString;
        return databases[0].LargeValueOf(entry) switch
        {
            Quicklist list => list.Nodes > MostNodes || list.MemoryBytes > MostBytes,
            StreamValue stream => stream.Nodes.Count > MostStreamNodes || stream.NodeBytes > MostBytes,
            LargeValue value => value.Count > MostElements || (value.Count > 16 && value.MemoryBytes > MostBytes),
        };
    }

    public static HeldValue Hold(Databases databases, Entry entry, EntryHead head, HeldShare share, HeldBlocks blocks)
    {
        if (entry.IsLarge)
        {
            return databases[0].LargeValueOf(entry) switch
            {
                LargeHash hash => new HeldHash(head, share, hash),
                LargeSet set => new HeldSet(head, share, set),
                LargeSortedSet sorted => new HeldSortedSet(head, share, sorted),
                Quicklist list => new HeldList(head, share, list),
                LargeValue value => new HeldStream(head, share, (StreamValue)value),
            };
        }

        var text = new HeldString(head, share, blocks, entry);
        blocks.Add(text);
        return text;
    }
}
