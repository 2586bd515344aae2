using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Hashes;

namespace Keyway.Shard.Commands.Hashes;

/// <summary>Commands that read and write fields by their names.</summary>
internal static class HashCommands
{
    // HSET key field value [field value ...]
    public static void HSet(ref CommandContext context)
    {
        if (TrySetPairs(ref context, out long created)) context.ReplyInteger(created);
    }

    // HMSET key field value [field value ...]
    public static void HMSet(ref CommandContext context)
    {
        if (TrySetPairs(ref context, out _)) context.ReplyOk();
    }

    // HSETNX key field value
    public static void HSetNx(ref CommandContext context)
    {
        if (!TryFindForWrite(ref context, out Place place)) return;
        if (place.Exists && new StoredHash(context.Keyspace, place.Entry).TryGet(context.Arguments[2], out _))
        {
            context.ReplyInteger(0);
            return;
        }

        SetField(ref context, place, context.Arguments[3], "hset"u8);
        context.Propagation.AsIs();
        context.ReplyInteger(1);
    }

    // HGET key field
    public static void HGet(ref CommandContext context)
    {
        if (!TryRead(ref context, out StoredHash hash)) return;
        if (hash.TryGet(context.Arguments[2], out ListpackElement value)) context.ReplyElement(value);
        else context.ReplyNull();
    }

    // HMGET key field [field ...]
    public static void HMGet(ref CommandContext context)
    {
        if (!TryRead(ref context, out StoredHash hash)) return;
        context.ReplyArray(context.Arguments.Count - 2);
        for (int i = 2; i < context.Arguments.Count; i++)
        {
            if (hash.TryGet(context.Arguments[i], out ListpackElement value)) context.ReplyElement(value);
            else context.ReplyNull();
        }
    }

    // HGETALL key
    public static void HGetAll(ref CommandContext context)
    {
        if (!TryRead(ref context, out StoredHash hash)) return;
        context.ReplyMap(hash.Count);
        for (HashReader reader = hash.Read(); reader.MoveNext();)
        {
            context.ReplyElement(reader.Field);
            context.ReplyElement(reader.Value);
        }
    }

    // HKEYS key
    public static void HKeys(ref CommandContext context)
    {
        if (!TryRead(ref context, out StoredHash hash)) return;
        context.ReplyArray(hash.Count);
        for (HashReader reader = hash.Read(); reader.MoveNext();) context.ReplyElement(reader.Field);
    }

    // HVALS key
    public static void HVals(ref CommandContext context)
    {
        if (!TryRead(ref context, out StoredHash hash)) return;
        context.ReplyArray(hash.Count);
        for (HashReader reader = hash.Read(); reader.MoveNext();) context.ReplyElement(reader.Value);
    }

    // HLEN key
    public static void HLen(ref CommandContext context)
    {
        if (TryRead(ref context, out StoredHash hash)) context.ReplyInteger(hash.Count);
    }

    // HSTRLEN key field
    public static void HStrLen(ref CommandContext context)
    {
        if (!TryRead(ref context, out StoredHash hash)) return;
        context.ReplyInteger(hash.TryGet(context.Arguments[2], out ListpackElement value) ? value.TextLength : 0);
    }

    // HEXISTS key field
    public static void HExists(ref CommandContext context)
    {
        if (TryRead(ref context, out StoredHash hash)) context.ReplyInteger(hash.TryGet(context.Arguments[2], out _) ? 1 : 0);
    }

    // HDEL key field [field ...]
    public static void HDel(ref CommandContext context)
    {
        if (!TryFindForWrite(ref context, out Place place)) return;
        if (!place.Exists)
        {
            context.ReplyInteger(0);
            return;
        }

        long deleted = 0;
        var change = new HashChange(context.Keyspace, context.Databases.Values, place, HashLimits.Of(context.Server.Settings));
        for (int i = 2; i < context.Arguments.Count && change.Count > 0; i++) deleted += change.Remove(context.Arguments[i]) ? 1 : 0;
        change.End(out bool isGone);

        if (deleted > 0) context.Notify(KeyspaceEvents.Hash, "hdel"u8, context.Arguments[1]);
        if (isGone) context.Notify(KeyspaceEvents.Generic, "del"u8, context.Arguments[1]);
        context.Propagation.AsIs(deleted);
        context.ReplyInteger(deleted);
    }

    /// <summary>The place of the hash that is the command's key, or of none; else WRONGTYPE has been answered.</summary>
    internal static bool TryFindForWrite(ref CommandContext context, out Place place)
    {
        Place found = context.Keyspace.Find(context.Arguments[1], Lookup.Write);
        place = found;
        return !found.Exists || context.Is(found, ValueKind.Hash);
    }

    /// <summary>Sets the field that is the command's second argument, and says so.</summary>
    internal static void SetField(ref CommandContext context, scoped Place place, scoped ReadOnlySpan<byte> value, ReadOnlySpan<byte> what)
    {
        var change = new HashChange(context.Keyspace, context.Databases.Values, place, HashLimits.Of(context.Server.Settings));
        change.Set(context.Arguments[2], value);
        change.End();
        context.Notify(KeyspaceEvents.Hash, what, context.Arguments[1]);
    }

    /// <summary>The hash that is the command's key; one without fields where the key is missing; else WRONGTYPE has been answered.</summary>
    private static bool TryRead(ref CommandContext context, out StoredHash hash)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        hash = default;
        if (!place.Exists) return true;
        if (!context.Is(place, ValueKind.Hash)) return false;
        hash = new StoredHash(context.Keyspace, place.Entry);
        return true;
    }

    private static bool TrySetPairs(ref CommandContext context, out long created)
    {
        created = 0;
        if (context.Arguments.Count % 2 != 0)
        {
            context.ReplyWrongArity();
            return false;
        }

        if (!TryFindForWrite(ref context, out Place place)) return false;
        var change = new HashChange(context.Keyspace, context.Databases.Values, place, HashLimits.Of(context.Server.Settings));
        change.Expect(context.Arguments, first: 2);
        for (int i = 2; i < context.Arguments.Count; i += 2) created += change.Set(context.Arguments[i], context.Arguments[i + 1]) ? 1 : 0;
        change.End();

        context.Notify(KeyspaceEvents.Hash, "hset"u8, context.Arguments[1]);
        context.Propagation.AsIs((context.Arguments.Count - 2) / 2);
        return true;
    }
}
