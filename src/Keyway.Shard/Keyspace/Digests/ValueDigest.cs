using System.Buffers.Binary;
using Keyway.Protocol;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Hashes;
using Keyway.Shard.Keyspace.Lists;
using Keyway.Shard.Keyspace.Sets;
using Keyway.Shard.Keyspace.SortedSets;
using Keyway.Shard.Keyspace.Streams;

namespace Keyway.Shard.Keyspace.Digests;

/// <summary>The fingerprint of data: equal where the same keys have the same values, whatever their encodings. What DEBUG DIGEST and DIGEST-VALUE show.</summary>
internal static unsafe class ValueDigest
{
    /// <summary>Of all databases.</summary>
    public static Digest OfAll(Databases databases)
    {
        var result = default(Digest);
        Span<byte> number = stackalloc byte[sizeof(int)];
        for (int i = 0; i < databases.Count; i++)
        {
            Database database = databases[i];
            if (database.Count == 0) continue;

            BinaryPrimitives.WriteInt32BigEndian(number, i);
            result.Mix(number);
            for (BlockWalk<EntryBlock> walk = database.Walk(); walk.MoveNext();)
            {
                Entry entry = Database.EntryAt((nint)walk.Current);
                var digest = default(Digest);
                digest.Mix(entry.Key);
                Mix(ref digest, database, entry);
                result.Add(digest);
            }
        }

        return result;
    }

    /// <summary>Of one value, its expiry included.</summary>
    public static Digest Of(Database database, Entry entry)
    {
        var digest = default(Digest);
        Mix(ref digest, database, entry);
        return digest;
    }

    private static void Mix(ref Digest digest, Database database, Entry entry)
    {
        Span<byte> kind = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(kind, (int)entry.Kind);
        digest.Mix(kind);
        switch (entry.Kind)
        {
            case ValueKind.String:
                MixString(ref digest, entry);
                break;
            case ValueKind.List:
                MixList(ref digest, database, entry);
                break;
            case ValueKind.Set:
                MixSet(ref digest, database, entry);
                break;
            case ValueKind.SortedSet:
                MixSortedSet(ref digest, database, entry);
                break;
            case ValueKind.Hash:
                MixHash(ref digest, database, entry);
                break;
            case ValueKind.Stream:
                MixStream(ref digest, (StreamValue)database.LargeValueOf(entry));
                break;
        }

        if (entry.IsVolatile) digest.Add("!!expire!!"u8);
    }

    private static void MixString(ref Digest digest, Entry entry)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        digest.Mix(entry.Encoding == ValueEncoding.Integer ? digits[..RespNumber.FormatLong(digits, entry.Integer)] : entry.Bytes);
    }

    private static void MixList(ref Digest digest, Database database, Entry entry)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        for (var reader = new ListReader(database, entry); reader.MoveNext();) digest.Mix(reader.Value.Text(digits));
    }

    private static void MixSet(ref Digest digest, Database database, Entry entry)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        for (var reader = new SetReader(database, entry); reader.MoveNext();) digest.Add(reader.Member.Text(digits));
    }

    private static void MixSortedSet(ref Digest digest, Database database, Entry entry)
    {
        Span<byte> score = stackalloc byte[RespNumber.MaxDoubleLength];
        for (var reader = new SortedSetReader(database, entry); reader.MoveNext();)
        {
            var element = default(Digest);
            element.Mix(reader.Member);
            element.Mix(score[..RespNumber.FormatDouble(score, reader.Score)]);
            digest.Add(element);
        }
    }

    private static void MixHash(ref Digest digest, Database database, Entry entry)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        for (var reader = new HashReader(database, entry); reader.MoveNext();)
        {
            var element = default(Digest);
            element.Mix(reader.Field.Text(digits));
            element.Mix(reader.Value.Text(digits));
            digest.Add(element);
        }
    }

    private static void MixStream(ref Digest digest, StreamValue stream)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        Span<byte> id = stackalloc byte[StreamId.MaxTextLength];
        for (var cursor = new StreamCursor(stream); cursor.MoveNext();)
        {
            int length = cursor.Id.Format(id);
            id[id.IndexOf((byte)'-')] = (byte)'.';       // in digests alone
            digest.Mix(id[..length]);
            for (int i = 0; i < cursor.FieldCount; i++)
            {
                cursor.ReadPair(out ListpackElement field, out ListpackElement value);
                digest.Mix(field.Text(digits));
                digest.Mix(value.Text(digits));
            }
        }
    }
}
