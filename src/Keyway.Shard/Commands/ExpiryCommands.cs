using Keyway.Shard.Effects;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Commands;

/// <summary>Keys that live for a while.</summary>
internal static class ExpiryCommands
{
    // EXPIRE key seconds [NX | XX | GT | LT]
    public static void Expire(ref CommandContext context) => SetExpiry(ref context, unitMs: 1000, isRelative: true);

    // PEXPIRE key milliseconds [NX | XX | GT | LT]
    public static void PExpire(ref CommandContext context) => SetExpiry(ref context, unitMs: 1, isRelative: true);

    // EXPIREAT key unix-time-seconds [NX | XX | GT | LT]
    public static void ExpireAt(ref CommandContext context) => SetExpiry(ref context, unitMs: 1000, isRelative: false);

    // PEXPIREAT key unix-time-milliseconds [NX | XX | GT | LT]
    public static void PExpireAt(ref CommandContext context) => SetExpiry(ref context, unitMs: 1, isRelative: false);

    // TTL key
    public static void Ttl(ref CommandContext context) => ReplyExpiry(ref context, isRelative: true, unitMs: 1000);

    // PTTL key
    public static void PTtl(ref CommandContext context) => ReplyExpiry(ref context, isRelative: true, unitMs: 1);

    // EXPIRETIME key
    public static void ExpireTime(ref CommandContext context) => ReplyExpiry(ref context, isRelative: false, unitMs: 1000);

    // PEXPIRETIME key
    public static void PExpireTime(ref CommandContext context) => ReplyExpiry(ref context, isRelative: false, unitMs: 1);

    // PERSIST key
    public static void Persist(ref CommandContext context)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Write);
        bool had = place.Exists && context.Keyspace.Persist(place);
        if (had)
        {
            context.Notify(KeyspaceEvents.Generic, "persist"u8, context.Arguments[1]);
            context.Propagation.AsIs();
        }

        context.ReplyInteger(had ? 1 : 0);
    }

    private static void SetExpiry(ref CommandContext context, int unitMs, bool isRelative)
    {
        if (!TryReadConditions(ref context, out Conditions conditions)) return;
        if (!context.TryReadInteger(2, out long when)) return;
        if (!TryResolve(when, unitMs, isRelative ? context.NowMs : 0, out long expiresAtMs))
        {
            context.ReplyInvalidExpiry();
            return;
        }

        ReadOnlySpan<byte> key = context.Arguments[1];
        Place place = context.Keyspace.Find(key, Lookup.Write);
        if (!place.Exists || !conditions.Allow(place.Entry.ExpiresAtMs, expiresAtMs))
        {
            context.ReplyInteger(0);
            return;
        }

        if (context.Databases.IsPast(expiresAtMs) && !context.Client.IsStream)
        {
            context.Keyspace.Delete(place);
            context.Notify(KeyspaceEvents.Generic, "del"u8, key);
            context.Propagation.Replace(context.Keyspace.Index, context.NameOfExpiryDelete, key);
        }
        else
        {
            context.Keyspace.SetExpiry(place, Math.Max(0, expiresAtMs));
            context.Notify(KeyspaceEvents.Generic, "expire"u8, key);
            if (unitMs == 1 && !isRelative) context.Propagation.AsIs();
            else context.Propagation.ReplaceWithExpireAt(context.Keyspace.Index, key, expiresAtMs, new EffectOptions(context.Arguments, from: 3));
        }

        context.ReplyInteger(1);
    }

    // Negative times are fine, they delete; only what no long can hold is refused.
    private static bool TryResolve(long when, int unitMs, long baseMs, out long expiresAtMs)
    {
        expiresAtMs = 0;
        if (when > long.MaxValue / unitMs || when < long.MinValue / unitMs) return false;
        when *= unitMs;
        if (when > long.MaxValue - baseMs) return false;
        expiresAtMs = when + baseMs;
        return true;
    }

    private static bool TryReadConditions(ref CommandContext context, out Conditions conditions)
    {
        conditions = default;
        for (int i = 3; i < context.Arguments.Count; i++)
        {
            ReadOnlySpan<byte> word = context.Arguments[i];
            if (Word.Is(word, "NX"u8)) conditions.IfNone = true;
            else if (Word.Is(word, "XX"u8)) conditions.IfAny = true;
            else if (Word.Is(word, "GT"u8)) conditions.IfLater = true;
            else if (Word.Is(word, "LT"u8)) conditions.IfSooner = true;
            else
            {
                context.ReplyError(CommandContext.Concatenate("ERR Unsupported option ", word, ""));
                return false;
            }
        }

        if (conditions.IfNone && (conditions.IfAny || conditions.IfLater || conditions.IfSooner))
        {
            context.ReplyError("ERR NX and XX, GT or LT options at the same time are not compatible"u8);
            return false;
        }

        if (!conditions.IfLater || !conditions.IfSooner) return true;
        context.ReplyError("ERR GT and LT options at the same time are not compatible"u8);
        return false;
    }

    private static void ReplyExpiry(ref CommandContext context, bool isRelative, int unitMs)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Inspect);
        if (!place.Exists)
        {
            context.ReplyInteger(-2);
            return;
        }

        long expiresAtMs = place.Entry.ExpiresAtMs;
        if (expiresAtMs == Database.NoExpiry)
        {
            context.ReplyInteger(-1);
            return;
        }

        long ms = isRelative ? Math.Max(0, expiresAtMs - context.NowMs) : expiresAtMs;

        // Rounded; unsigned, since the last moment there is lies less than half a second before the overflow.
        context.ReplyInteger(unitMs == 1 ? ms : (long)(((ulong)ms + 500) / 1000));
    }

    private struct Conditions
    {
        public bool IfNone;
        public bool IfAny;
        public bool IfLater;
        public bool IfSooner;

        /// <summary>A key that stays counts as one that expires at the end of time.</summary>
        public readonly bool Allow(long currentMs, long newMs)
        {
            bool stays = currentMs == Database.NoExpiry;
            if (IfNone && !stays) return false;
            if (IfAny && stays) return false;
            if (IfLater && (stays || newMs <= currentMs)) return false;
            return !IfSooner || stays || newMs < currentMs;
        }
    }
}
