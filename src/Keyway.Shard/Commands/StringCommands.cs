using Keyway.Protocol;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Commands;

/// <summary>GET, SET and what else reads and writes whole strings.</summary>
internal static class StringCommands
{
    // GET key
    public static void Get(ref CommandContext context)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists) context.ReplyNull();
        else if (context.IsString(place)) context.ReplyString(place.Entry);
    }

    // SET key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]
    public static void Set(ref CommandContext context)
    {
        if (context.Arguments.Count == 3)
        {
            Place plain = context.Keyspace.Find(context.Arguments[1], Lookup.Write);
            context.Keyspace.SetString(plain, context.Arguments[2], Database.NoExpiry);
            context.Notify(KeyspaceEvents.String, "set"u8, context.Arguments[1]);
            context.Propagation.AsIs();
            context.ReplyOk();
            return;
        }

        if (!StringOptions.TryParse(ref context, isSet: true, out StringOptions options)) return;
        if (!options.TryResolveExpiry(ref context, out long expiresAtMs)) return;

        // When false it has answered already: WRONGTYPE, and nothing is written.
        if (options.Get && !TryReplyWithOldValue(ref context)) return;

        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Write);
        if ((options.OnlyIfMissing && place.Exists) || (options.OnlyIfPresent && !place.Exists))
        {
            if (!options.Get) context.ReplyNull();
            return;
        }

        context.Keyspace.SetString(place, context.Arguments[2], options.KeepTtl ? Database.KeepExpiry : expiresAtMs);
        context.Notify(KeyspaceEvents.String, "set"u8, context.Arguments[1]);
        if (options.Expiry != StringOptions.ExpiryForm.None) context.Notify(KeyspaceEvents.Generic, "expire"u8, context.Arguments[1]);
        if (!options.Get) context.ReplyOk();

        if (options.Expiry != StringOptions.ExpiryForm.None)
            context.Propagation.ReplaceWithSetUntil(context.Keyspace.Index, context.Arguments[1], context.Arguments[2], expiresAtMs);
        else if (options.Get)
            context.Propagation.ReplaceWithout(context.Keyspace.Index, context.Arguments, "GET"u8, from: 3);
        else
            context.Propagation.AsIs();
    }

    // SETNX key value
    public static void SetNx(ref CommandContext context)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Write);
        if (!place.Exists)
        {
            context.Keyspace.SetString(place, context.Arguments[2], Database.NoExpiry);
            context.Notify(KeyspaceEvents.String, "set"u8, context.Arguments[1]);
            context.Propagation.AsIs();
            context.ReplyInteger(1);
            return;
        }

        context.ReplyInteger(0);
    }

    // SETEX key seconds value
    public static void SetEx(ref CommandContext context) => SetFor(ref context, unitMs: 1000);

    // PSETEX key milliseconds value
    public static void PSetEx(ref CommandContext context) => SetFor(ref context, unitMs: 1);

    // GETSET key value
    public static void GetSet(ref CommandContext context)
    {
        if (!TryReplyWithOldValue(ref context)) return;

        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Write);
        context.Keyspace.SetString(place, context.Arguments[2], Database.NoExpiry);
        context.Notify(KeyspaceEvents.String, "set"u8, context.Arguments[1]);
        context.Propagation.Replace(context.Keyspace.Index, "SET"u8, context.Arguments[1], context.Arguments[2]);
    }

    // GETDEL key
    public static void GetDel(ref CommandContext context)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists)
        {
            context.ReplyNull();
            return;
        }

        if (!context.IsString(place)) return;
        context.ReplyString(place.Entry);
        context.Keyspace.Delete(place);
        context.Notify(KeyspaceEvents.Generic, "del"u8, context.Arguments[1]);
        context.Propagation.Replace(context.Keyspace.Index, context.NameOfUserDelete, context.Arguments[1]);
    }

    // GETEX key [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | PERSIST]
    public static void GetEx(ref CommandContext context)
    {
        if (!StringOptions.TryParse(ref context, isSet: false, out StringOptions options)) return;

        ReadOnlySpan<byte> key = context.Arguments[1];
        Place place = context.Keyspace.Find(key, Lookup.Read);
        if (!place.Exists)
        {
            context.ReplyNull();
            return;
        }

        if (!context.IsString(place)) return;
        if (!options.TryResolveExpiry(ref context, out long expiresAtMs)) return;
        context.ReplyString(place.Entry);

        bool isAbsolute = options.Expiry is StringOptions.ExpiryForm.AbsoluteSeconds or StringOptions.ExpiryForm.AbsoluteMs;
        if (isAbsolute && context.Databases.IsPast(expiresAtMs))
        {
            context.Keyspace.Delete(place);
            context.Notify(KeyspaceEvents.Generic, "del"u8, key);
            context.Propagation.Replace(context.Keyspace.Index, context.NameOfExpiryDelete, key);
        }
        else if (options.Expiry != StringOptions.ExpiryForm.None)
        {
            context.Keyspace.SetExpiry(place, expiresAtMs);
            context.Notify(KeyspaceEvents.Generic, "expire"u8, key);
            context.Propagation.ReplaceWithExpireAt(context.Keyspace.Index, key, expiresAtMs);
        }
        else if (options.Persist && context.Keyspace.Persist(place))
        {
            context.Notify(KeyspaceEvents.Generic, "persist"u8, key);
            context.Propagation.Replace(context.Keyspace.Index, "PERSIST"u8, key);
        }
    }

    // MGET key [key ...]
    public static void MGet(ref CommandContext context)
    {
        context.ReplyArray(context.Arguments.Count - 1);
        for (int i = 1; i < context.Arguments.Count; i++)
        {
            Place place = context.Keyspace.Find(context.Arguments[i], Lookup.Read);
            if (place.Exists && place.Entry.Kind == ValueKind.String) context.ReplyString(place.Entry);
            else context.ReplyNull();
        }
    }

    // MSET key value [key value ...]
    public static void MSet(ref CommandContext context)
    {
        if (!HasPairs(ref context)) return;
        SetPairs(ref context);
        context.ReplyOk();
    }

    // MSETNX key value [key value ...]
    public static void MSetNx(ref CommandContext context)
    {
        if (!HasPairs(ref context)) return;
        for (int i = 1; i < context.Arguments.Count; i += 2)
        {
            if (!context.Keyspace.Find(context.Arguments[i], Lookup.Write).Exists) continue;
            context.ReplyInteger(0);
            return;
        }

        SetPairs(ref context);
        context.ReplyInteger(1);
    }

    // STRLEN key
    public static void StrLen(ref CommandContext context)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists) context.ReplyInteger(0);
        else if (context.IsString(place)) context.ReplyInteger(StringText.LengthOf(place.Entry));
    }

    // APPEND key value
    public static void Append(ref CommandContext context)
    {
        ReadOnlySpan<byte> value = context.Arguments[2];
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Write);
        long length = value.Length;
        if (!place.Exists)
        {
            context.Keyspace.SetString(place, value, Database.NoExpiry);
        }
        else
        {
            if (!context.IsString(place)) return;
            int offset = StringText.LengthOf(place.Entry);
            if (!context.FitsLengthLimit(offset, value.Length)) return;
            context.Keyspace.WriteInto(place, offset, value);
            length += offset;
        }

        context.Notify(KeyspaceEvents.String, "append"u8, context.Arguments[1]);
        context.Propagation.AsIs();
        context.ReplyInteger(length);
    }

    // SETRANGE key offset value
    public static void SetRange(ref CommandContext context)
    {
        if (!context.TryReadInteger(2, out long offset)) return;
        if (offset < 0)
        {
            context.ReplyError("ERR offset is out of range"u8);
            return;
        }

        ReadOnlySpan<byte> value = context.Arguments[3];
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Write);
        if (place.Exists && !context.IsString(place)) return;
        if (value.Length == 0)
        {
            context.ReplyInteger(place.Exists ? StringText.LengthOf(place.Entry) : 0);
            return;
        }

        if (!context.FitsLengthLimit(offset, value.Length)) return;
        Place written = context.Keyspace.WriteInto(place, (int)offset, value);
        context.Notify(KeyspaceEvents.String, "setrange"u8, context.Arguments[1]);
        context.Propagation.AsIs();
        context.ReplyInteger(written.Entry.ValueLength);
    }

    // GETRANGE key start end
    public static void GetRange(ref CommandContext context)
    {
        if (!context.TryReadInteger(2, out long start) || !context.TryReadInteger(3, out long end)) return;

        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists)
        {
            context.ReplyBulk([]);
            return;
        }

        if (!context.IsString(place)) return;
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        ReadOnlySpan<byte> value = StringText.Of(place.Entry, digits);

        if (start < 0 && end < 0 && start > end)
        {
            context.ReplyBulk([]);
            return;
        }

        if (start < 0) start = Math.Max(0, start + value.Length);
        if (end < 0) end = Math.Max(0, end + value.Length);
        end = Math.Min(end, value.Length - 1);
        context.ReplyBulk(start > end ? [] : value[(int)start..((int)end + 1)]);
    }

    private static void SetFor(ref CommandContext context, int unitMs)
    {
        if (!context.TryReadExpiry(2, unitMs, isRelative: true, out long expiresAtMs)) return;

        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Write);
        context.Keyspace.SetString(place, context.Arguments[3], expiresAtMs);
        context.Notify(KeyspaceEvents.String, "set"u8, context.Arguments[1]);
        context.Notify(KeyspaceEvents.Generic, "expire"u8, context.Arguments[1]);
        context.ReplyOk();
        context.Propagation.ReplaceWithSetUntil(context.Keyspace.Index, context.Arguments[1], context.Arguments[3], expiresAtMs);
    }

    private static bool TryReplyWithOldValue(ref CommandContext context)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists)
        {
            context.ReplyNull();
            return true;
        }

        if (!context.IsString(place)) return false;
        context.ReplyString(place.Entry);
        return true;
    }

    private static bool HasPairs(ref CommandContext context)
    {
        if (context.Arguments.Count % 2 == 1) return true;
        context.ReplyWrongArity();
        return false;
    }

    private static void SetPairs(ref CommandContext context)
    {
        for (int i = 1; i < context.Arguments.Count; i += 2)
        {
            Place place = context.Keyspace.Find(context.Arguments[i], Lookup.Write);
            context.Keyspace.SetString(place, context.Arguments[i + 1], Database.NoExpiry);
            context.Notify(KeyspaceEvents.String, "set"u8, context.Arguments[i]);
        }

        context.Propagation.AsIs((context.Arguments.Count - 1) / 2);
    }
}
