using Keyway.Shard.Keyspace;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Commands.Serialization;

internal static class RestoreCommand
{
    private const int Unset = -1;

    // RESTORE key ttl dump [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]
    // RESTORE-ASKING likewise
    public static void Restore(ref CommandContext context)
    {
        if (!TryReadOptions(ref context, out Options options)) return;

        ReadOnlySpan<byte> key = context.Arguments[1];
        Database database = context.Keyspace;
        if (!options.Replaces && database.Find(key, Lookup.Write).Exists)
        {
            context.ReplyError("BUSYKEY Target key name already exists."u8);
            return;
        }

        if (!context.TryReadInteger(2, out long ttl)) return;
        if (ttl < 0)
        {
            context.ReplyError("ERR Invalid TTL value, must be >= 0"u8);
            return;
        }

        ReadOnlySpan<byte> dump = context.Arguments[3];
        if (!Rdb.Dump.IsSealed(dump, context.Server.SkipsChecksums))
        {
            context.ReplyError("ERR DUMP payload version or checksum are wrong"u8);
            return;
        }

        RdbValueReader reader = context.Server.DumpReader;
        if (!Rdb.Dump.TryRead(dump, reader, out ReadOnlySpan<byte> value))
        {
            context.ReplyError("ERR Bad data format"u8);
            return;
        }

        // A time beyond all times wraps, and lies in the past then, as in Redis.
        long expiresAtMs = ttl == 0 ? Database.NoExpiry : options.IsAbsolute ? ttl : unchecked(ttl + context.NowMs);
        Place place = database.Find(key);
        bool isReplaced = place.Exists;
        if (isReplaced) database.Delete(place);
        if (ttl != 0 && context.Databases.IsPast(expiresAtMs) && !context.Client.IsStream)
        {
            reader.Discard();
            if (isReplaced) PropagateDeletion(ref context, key);
            context.ReplyOk();
            return;
        }

        if (ttl != 0) expiresAtMs = Math.Max(0, expiresAtMs);
        reader.Store(value, database, database.Find(key), expiresAtMs);
        SetAge(ref context, database.FindAnyway(key).Entry, options);      // on a replica it may be dead from the beginning
        context.Notify(KeyspaceEvents.Generic, "restore"u8, key);
        context.ReplyOk();
        Propagate(ref context, ttl != 0 && !options.IsAbsolute, expiresAtMs);
    }

    private static void PropagateDeletion(ref CommandContext context, ReadOnlySpan<byte> key)
    {
        context.Propagation.Replace(context.Keyspace.Index, context.Server.Settings.LazyServerDelete ? "UNLINK"u8 : "DEL"u8, key);
        context.Notify(KeyspaceEvents.Generic, "del"u8, key);
    }

    private static void SetAge(ref CommandContext context, Entry entry, in Options options)
    {
        AccessClock access = context.Databases.Access;
        if (access.CountsFrequency && options.Frequency != Unset) entry.AccessBits = access.BitsForFrequency((byte)options.Frequency);
        if (!access.CountsFrequency && options.IdleSeconds != Unset) entry.AccessBits = access.BitsForIdle(options.IdleSeconds);
    }

    /// <summary>The request, with a time that means the same whenever it is repeated.</summary>
    private static void Propagate(ref CommandContext context, bool isRelative, long expiresAtMs)
    {
        if (!isRelative)
        {
            context.Propagation.AsIs();
            return;
        }

        if (!context.Propagation.BeginReplacement(context.Arguments.Count + 1)) return;
        for (int i = 0; i < context.Arguments.Count; i++)
        {
            if (i == 2) context.Propagation.AddNumber(expiresAtMs);
            else context.Propagation.Add(context.Arguments[i]);
        }

        context.Propagation.Add("ABSTTL"u8);
        context.Propagation.EndReplacement(context.Keyspace.Index);
    }

    private static bool TryReadOptions(ref CommandContext context, out Options options)
    {
        options = new Options { IdleSeconds = Unset, Frequency = Unset };
        for (int i = 4; i < context.Arguments.Count; i++)
        {
            ReadOnlySpan<byte> word = context.Arguments[i];
            bool hasMore = i + 1 < context.Arguments.Count;
            if (Word.Is(word, "REPLACE"u8))
            {
                options.Replaces = true;
            }
            else if (Word.Is(word, "ABSTTL"u8))
            {
                options.IsAbsolute = true;
            }
            else if (hasMore && options.Frequency == Unset && Word.Is(word, "IDLETIME"u8))
            {
                if (!context.TryReadInteger(++i, out options.IdleSeconds)) return false;
                if (options.IdleSeconds >= 0) continue;
                context.ReplyError("ERR Invalid IDLETIME value, must be >= 0"u8);
                return false;
            }
            else if (hasMore && options.IdleSeconds == Unset && Word.Is(word, "FREQ"u8))
            {
                if (!context.TryReadInteger(++i, out options.Frequency)) return false;
                if (options.Frequency is >= 0 and <= byte.MaxValue) continue;
                context.ReplyError("ERR Invalid FREQ value, must be >= 0 and <= 255"u8);
                return false;
            }
            else
            {
                context.ReplySyntaxError();
                return false;
            }
        }

        return true;
    }

    private struct Options
    {
        public bool Replaces;
        public bool IsAbsolute;
        public long IdleSeconds;
        public long Frequency;
    }
}
