using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Hashes;
using Keyway.Shard.Keyspace.Lists;
using Keyway.Shard.Keyspace.Sets;
using Keyway.Shard.Keyspace.SortedSets;
using Keyway.Shard.Keyspace.Streams;

namespace Keyway.Shard.Rdb;

/// <summary>Writes values as Redis 7.0 does: what lies in one flat buffer as it lies, other collections element by element.</summary>
internal static unsafe class RdbValueWriter
{
    public static RdbType TypeOf(Entry entry) => (entry.Kind, entry.Encoding) switch
    {
        (ValueKind.String, _) => RdbType.String,
        (ValueKind.List, _) => RdbType.ListListpacks,
        (ValueKind.Set, ValueEncoding.Intset) => RdbType.SetIntset,
        (ValueKind.Set, _) => RdbType.Set,
        (ValueKind.Hash, ValueEncoding.Listpack) => RdbType.HashListpack,
        (ValueKind.Hash, _) => RdbType.Hash,
        (ValueKind.SortedSet, ValueEncoding.Listpack) => RdbType.SortedSetListpack,
        (ValueKind.SortedSet, _) => RdbType.SortedSet,
        (ValueKind.Stream, _) => RdbType.Stream,
        _ => throw new ArgumentOutOfRangeException(nameof(entry)),
    };

    /// <summary>The value, which stands behind its <see cref="TypeOf"/>.</summary>
    public static void Write(RdbWriter writer, Database database, Entry entry)
    {
        switch (TypeOf(entry))
        {
            case RdbType.String when entry.Encoding == ValueEncoding.Integer:
                writer.WriteIntegerString(entry.Integer);
                break;
            case RdbType.String:
                writer.WriteString(entry.Bytes);
                break;
            case RdbType.SetIntset:
            case RdbType.HashListpack:
            case RdbType.SortedSetListpack:
                writer.WriteString(entry.Bytes);
                break;
            case RdbType.ListListpacks:
                WriteList(writer, database, entry);
                break;
            case RdbType.Set:
                WriteSet(writer, database, entry);
                break;
            case RdbType.Hash:
                WriteHash(writer, database, entry);
                break;
            case RdbType.SortedSet:
                WriteSortedSet(writer, database, entry);
                break;
            default:
                WriteStream(writer, (StreamValue)database.LargeValueOf(entry));
                break;
        }
    }

    private static void WriteList(RdbWriter writer, Database database, Entry entry)
    {
        var pieces = new ListPieces(database, entry);
        writer.WriteLength(pieces.Count);
        Span<byte> digits = stackalloc byte[Protocol.RespNumber.MaxLongLength];
        while (pieces.MoveNext())
        {
            ReadOnlySpan<byte> listpack = pieces.Listpack;
            writer.WriteLength(pieces.IsAlone ? RdbFormat.PlainNode : RdbFormat.PackedNode);
            writer.WriteString(pieces.IsAlone ? Listpack.Read(listpack, Listpack.First(listpack)).Text(digits) : listpack);
        }
    }

    private static void WriteSet(RdbWriter writer, Database database, Entry entry)
    {
        var set = new StoredSet(database, entry);
        writer.WriteLength(set.Count);
        for (SetReader reader = set.Read(); reader.MoveNext();) writer.WriteString(reader.Member);
    }

    private static void WriteHash(RdbWriter writer, Database database, Entry entry)
    {
        var hash = new StoredHash(database, entry);
        writer.WriteLength(hash.Count);
        for (HashReader reader = hash.Read(); reader.MoveNext();)
        {
            writer.WriteString(reader.Field);
            writer.WriteString(reader.Value);
        }
    }

    // From the last one back: so a reader that keeps them in order adds each at the front.
    private static void WriteSortedSet(RdbWriter writer, Database database, Entry entry)
    {
        var reader = new SortedSetReader(database, entry);
        writer.WriteLength(reader.Count);
        reader.Seek(reader.Count - 1);
        while (reader.MovePrevious())
        {
            writer.WriteString(reader.Member);
            writer.WriteDouble(reader.Score);
        }
    }

    /// <summary>One node, as it stands in the first part of a stream.</summary>
    public static void WriteStreamNode(RdbWriter writer, StreamId id, ReadOnlySpan<byte> listpack)
    {
        Span<byte> key = stackalloc byte[StreamId.Bytes];
        id.Write(key);
        writer.WriteString(key);
        writer.WriteString(listpack);
    }

    /// <summary>What stands behind the nodes: counts, IDs, groups.</summary>
    public static void WriteStreamEnd(RdbWriter writer, StreamValue stream)
    {
        writer.WriteLength(stream.Length);
        WriteId(writer, stream.LastId);
        WriteId(writer, stream.FirstId);
        WriteId(writer, stream.MaxDeletedId);
        writer.WriteLength(stream.EntriesAdded);
        writer.WriteLength((long)stream.Groups.Count);
        foreach (ConsumerGroup group in stream.Groups.InOrder) WriteGroup(writer, group);
    }

    private static void WriteStream(RdbWriter writer, StreamValue stream)
    {
        writer.WriteLength(stream.Nodes.Count);
        for (IdMap.Position position = stream.Nodes.First; stream.Nodes.IsValid(position); position = stream.Nodes.Next(position))
            WriteStreamNode(writer, stream.Nodes.IdAt(position), stream.NodeAt(position).Bytes);

        WriteStreamEnd(writer, stream);
    }

    private static void WriteGroup(RdbWriter writer, ConsumerGroup group)
    {
        writer.WriteString(group.Name);
        WriteId(writer, group.LastId);
        writer.WriteLength(group.EntriesRead);

        Span<byte> key = stackalloc byte[StreamId.Bytes];
        writer.WriteLength(group.Pending.Count);
        for (IdMap.Position position = group.Pending.First; group.Pending.IsValid(position); position = group.Pending.Next(position))
        {
            var delivery = (Delivery*)group.Pending[position];
            group.Pending.IdAt(position).Write(key);
            writer.WriteRaw(key);
            writer.WriteInt64(delivery->TimeMs);
            writer.WriteLength(delivery->Times);
        }

        writer.WriteLength((long)group.Consumers.Count);
        foreach (Consumer consumer in group.Consumers.InOrder)
        {
            writer.WriteString(consumer.Name);
            writer.WriteInt64(consumer.SeenMs);
            writer.WriteLength(consumer.Pending.Count);
            for (IdMap.Position position = consumer.Pending.First; consumer.Pending.IsValid(position); position = consumer.Pending.Next(position))
            {
                consumer.Pending.IdAt(position).Write(key);
                writer.WriteRaw(key);
            }
        }
    }

    private static void WriteId(RdbWriter writer, StreamId id)
    {
        writer.WriteLength(id.Milliseconds);
        writer.WriteLength(id.Sequence);
    }
}
