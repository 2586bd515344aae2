using System.Text;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Commands;

/// <summary>Commands on keys, whatever they hold.</summary>
internal static class KeyCommands
{
    private const int TriesWhilePaused = 100;

    // DEL key [key ...]
    public static void Del(ref CommandContext context)
    {
        long deleted = 0;
        for (int i = 1; i < context.Arguments.Count; i++)
        {
            // On a replica nothing expires by itself: there is a key to delete.
            Place place = context.Databases.IsReplica ? context.Keyspace.FindAnyway(context.Arguments[i]) : context.Keyspace.Find(context.Arguments[i]);
            if (!place.Exists) continue;
            context.Keyspace.Delete(place);
            context.Notify(KeyspaceEvents.Generic, "del"u8, context.Arguments[i]);
            deleted++;
        }

        context.Propagation.AsIs(deleted);
        context.ReplyInteger(deleted);
    }

    // EXISTS key [key ...]
    public static void Exists(ref CommandContext context)
    {
        long found = 0;
        for (int i = 1; i < context.Arguments.Count; i++)
        {
            if (context.Keyspace.Find(context.Arguments[i], Lookup.Inspect).Exists) found++;
        }

        context.ReplyInteger(found);
    }

    // TOUCH key [key ...]
    public static void Touch(ref CommandContext context)
    {
        long found = 0;
        for (int i = 1; i < context.Arguments.Count; i++)
        {
            if (context.Keyspace.Find(context.Arguments[i], Lookup.Read).Exists) found++;
        }

        context.ReplyInteger(found);
    }

    // TYPE key
    public static void Type(ref CommandContext context)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Inspect);
        context.ReplySimple(place.Exists ? NameOf(place.Entry.Kind) : "none"u8);
    }

    // RENAME key newkey
    public static void Rename(ref CommandContext context)
    {
        if (TryMove(ref context, onlyIfFree: false)) context.ReplyOk();
    }

    // RENAMENX key newkey
    public static void RenameNx(ref CommandContext context)
    {
        if (TryMove(ref context, onlyIfFree: true)) context.ReplyInteger(1);
    }

    // COPY source destination [DB destination-db] [REPLACE]
    public static void Copy(ref CommandContext context)
    {
        Database target = context.Keyspace;
        bool replaces = false;
        for (int i = 3; i < context.Arguments.Count; i++)
        {
            if (Word.Is(context.Arguments[i], "REPLACE"u8))
            {
                replaces = true;
            }
            else if (Word.Is(context.Arguments[i], "DB"u8) && i + 1 < context.Arguments.Count)
            {
                if (!context.TryReadInt(++i, out int index) || !context.TryFindDatabase(index, out target)) return;
            }
            else
            {
                context.ReplySyntaxError();
                return;
            }
        }

        if (target == context.Keyspace && context.Arguments[1].SequenceEqual(context.Arguments[2]))
        {
            context.ReplyError("ERR source and destination objects are the same"u8);
            return;
        }

        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists)
        {
            context.ReplyInteger(0);
            return;
        }

        Entry source = place.Entry;     // a search in the target moves no entry that lives
        if (target.Find(context.Arguments[2], Lookup.Write).Exists && !replaces)
        {
            context.ReplyInteger(0);
            return;
        }

        context.Keyspace.CopyTo(source, target, context.Arguments[2]);
        context.Server.Notify(KeyspaceEvents.Generic, "copy_to"u8, context.Arguments[2], target.Index);
        context.Propagation.AsIs();
        context.ReplyInteger(1);
    }

    // MOVE key db
    public static void Move(ref CommandContext context)
    {
        if (!context.TryReadInt(2, out int index) || !context.TryFindDatabase(index, out Database target)) return;
        if (target == context.Keyspace)
        {
            context.ReplyError("ERR source and destination objects are the same"u8);
            return;
        }

        ReadOnlySpan<byte> key = context.Arguments[1];
        Place source = context.Keyspace.Find(key, Lookup.Write);
        if (!source.Exists || target.Find(key, Lookup.Write).Exists)
        {
            context.ReplyInteger(0);
            return;
        }

        context.Keyspace.MoveTo(source, target, key);
        context.Notify(KeyspaceEvents.Generic, "move_from"u8, key);
        context.Server.Notify(KeyspaceEvents.Generic, "move_to"u8, key, target.Index);
        context.Propagation.AsIs();
        context.ReplyInteger(1);
    }

    // RANDOMKEY
    public static void RandomKey(ref CommandContext context)
    {
        // Dead keys are deleted on the way, so this ends with a living one or with none.
        // But while nothing may be deleted, there may be no other.
        bool mayAllBeDead = context.Databases.LeavesDead && context.Keyspace.VolatileCount == context.Keyspace.Count;
        for (int tries = 1; context.Keyspace.Count > 0; tries++)
        {
            Entry entry = context.Keyspace.PickRandom();
            if (!context.Keyspace.IsDead(entry) || (mayAllBeDead && tries == TriesWhilePaused))
            {
                context.ReplyBulk(entry.Key);
                return;
            }

            context.Keyspace.Find(entry.Key.ToArray());
        }

        context.ReplyNull();
    }

    /// <summary>What TYPE calls it, and SCAN's TYPE option.</summary>
    public static ReadOnlySpan<byte> NameOf(ValueKind kind) => kind switch
    {
        ValueKind.String => "string"u8,
        ValueKind.List => "list"u8,
        ValueKind.Set => "set"u8,
        ValueKind.SortedSet => "zset"u8,
        ValueKind.Hash => "hash"u8,
        ValueKind.Stream => "stream"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>What OBJECT ENCODING calls the value: Redis's name for what it would be there.</summary>
    public static ReadOnlySpan<byte> EncodingOf(Entry entry) => (entry.Kind, entry.Encoding) switch
    {
        (ValueKind.String, ValueEncoding.Integer) => "int"u8,
        (ValueKind.String, ValueEncoding.Embedded) => "embstr"u8,
        (ValueKind.String, _) => "raw"u8,
        (ValueKind.List, _) => "quicklist"u8,
        (ValueKind.Stream, _) => "stream"u8,
        (ValueKind.Set, ValueEncoding.Intset) => "intset"u8,
        (ValueKind.Set, _) => "hashtable"u8,
        (_, ValueEncoding.Listpack) => "listpack"u8,
        (ValueKind.Hash, _) => "hashtable"u8,
        _ => "skiplist"u8,
    };

    private static bool TryMove(ref CommandContext context, bool onlyIfFree)
    {
        ReadOnlySpan<byte> key = context.Arguments[1];
        ReadOnlySpan<byte> newKey = context.Arguments[2];
        if (!context.Keyspace.Find(key, Lookup.Write).Exists)
        {
            context.ReplyNoSuchKey();
            return false;
        }

        bool isSame = key.SequenceEqual(newKey);
        if (onlyIfFree && (isSame || context.Keyspace.Find(newKey, Lookup.Write).Exists))
        {
            context.ReplyInteger(0);
            return false;
        }

        if (isSame) return true;
        context.Keyspace.MoveTo(context.Keyspace.Find(key), context.Keyspace, newKey);
        context.Notify(KeyspaceEvents.Generic, "rename_from"u8, key);
        context.Notify(KeyspaceEvents.Generic, "rename_to"u8, newKey);
        context.Propagation.AsIs();
        return true;
    }
}
