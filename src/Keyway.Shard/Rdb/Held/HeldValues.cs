using System.Diagnostics.CodeAnalysis;
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

    /// <summary>Whether it is worth a closer look.</summary>
    public static bool MayHold(Entry entry) => entry.IsLarge || entry.ValueLength > LargestString;

    /// <summary>Takes hold of a value that is too large to be written at once.</summary>
    public static bool TryHold(Databases databases, Entry entry, EntryHead head, HeldShare share, HeldBlocks blocks, [NotNullWhen(true)] out HeldValue? held)
    {
        held = null;
        if (!MayHold(entry)) return false;
        if (entry.IsLarge)
        {
            held = databases[0].LargeValueOf(entry) switch
            {
                LargeHash hash when IsLong(hash) => new HeldHash(head, share, hash),
                LargeSet set when IsLong(set) => new HeldSet(head, share, set),
                LargeSortedSet sorted when IsLong(sorted) => new HeldSortedSet(head, share, sorted),
                Quicklist list when list.Nodes > MostNodes || list.MemoryBytes > MostBytes => new HeldList(head, share, list),
                StreamValue stream when stream.Nodes.Count > MostStreamNodes || stream.NodeBytes > MostBytes => new HeldStream(head, share, stream),
                _ => null,
            };
            return held != null;
        }

        // Collections in one flat buffer stay short unless somebody has set the limits very high: they are written at once.
        if (entry.Kind != ValueKind.String || entry.Encoding == ValueEncoding.Integer) return false;
        var text = new HeldString(head, share, blocks, entry);
        blocks.Add(text);
        held = text;
        return true;
    }

    private static bool IsLong(LargeValue value) => value.Count > MostElements || (value.Count > 16 && value.MemoryBytes > MostBytes);
}
