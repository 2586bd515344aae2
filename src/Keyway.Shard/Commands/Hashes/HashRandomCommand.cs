using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Hashes;

namespace Keyway.Shard.Commands.Hashes;

/// <summary>HRANDFIELD.</summary>
internal static class HashRandomCommand
{
    private const int OffsetsOnStack = 512;

    // HRANDFIELD key [count [WITHVALUES]]
    public static void HRandField(ref CommandContext context)
    {
        bool withValues = false;
        long count = 0;
        bool hasCount = context.Arguments.Count > 2;
        if (hasCount && !TryReadCount(ref context, out count, out withValues)) return;

        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists)
        {
            if (hasCount) context.ReplyArray(0);
            else context.ReplyNull();
            return;
        }

        if (!context.Is(place, ValueKind.Hash)) return;
        var hash = new StoredHash(context.Keyspace, place.Entry);
        if (!hasCount)
        {
            hash.PickRandom(ref context.Databases.Random, out ListpackElement field, out _);
            context.ReplyElement(field);
        }
        else if (count < 0)
        {
            Repeat(ref context, hash, -count, withValues);
        }
        else
        {
            Sample(ref context, hash, Math.Min(count, hash.Count), withValues);
        }
    }

    private static bool TryReadCount(ref CommandContext context, out long count, out bool withValues)
    {
        withValues = context.Arguments.Count > 3;
        if (!RandomCount.TryRead(ref context, 2, out count)) return false;
        if (!withValues) return true;

        if (context.Arguments.Count > 4 || !Word.Is(context.Arguments[3], "WITHVALUES"u8))
        {
            context.ReplySyntaxError();
            return false;
        }

        // Twice as many elements must be a number too.
        if (count is >= -(long.MaxValue / 2) and <= long.MaxValue / 2) return true;
        context.ReplyError("ERR value is out of range"u8);
        return false;
    }

    private static void Repeat(ref CommandContext context, StoredHash hash, long times, bool withValues)
    {
        if (!RandomCount.MayRepeat(ref context, times)) return;
        ReplyHead(ref context, times, withValues);
        if (hash.Large == null)
        {
            RepeatSmall(ref context, hash, times, withValues);
            return;
        }

        for (; times > 0 && !RandomCount.GivesUp(ref context); times--)
        {
            hash.PickRandom(ref context.Databases.Random, out ListpackElement field, out ListpackElement value);
            ReplyField(ref context, field, value, withValues);
        }
    }

    // Without a walk through the buffer for each.
    private static void RepeatSmall(ref CommandContext context, StoredHash hash, long times, bool withValues)
    {
        var fields = (int)hash.Count;
        Span<int> offsets = fields <= OffsetsOnStack ? stackalloc int[fields] : new int[fields];
        hash.FindOffsets(offsets);
        for (; times > 0 && !RandomCount.GivesUp(ref context); times--)
        {
            var chosen = (int)RandomState.Below(ref context.Databases.Random, fields);
            hash.ReadAt(offsets[chosen], out ListpackElement field, out ListpackElement value);
            ReplyField(ref context, field, value, withValues);
        }
    }

    private static unsafe void Sample(ref CommandContext context, StoredHash hash, long count, bool withValues)
    {
        ReplyHead(ref context, count, withValues);
        if (hash.Large != null && count < hash.Count)
        {
            BlockList chosen = context.Server.ScanResults;
            chosen.Clear();
            RandomSample.Pick(hash.Large.Elements, count, ref context.Databases.Random, chosen);
            for (int i = 0; i < chosen.Count; i++)
                ReplyField(ref context, new ListpackElement(FieldBlock.KeyOf(chosen[i])), new ListpackElement(FieldBlock.ValueOf(chosen[i])), withValues);
            return;
        }

        long left = hash.Count;
        for (HashReader reader = hash.Read(); count > 0 && reader.MoveNext(); left--)
        {
            if (!RandomSample.Takes(ref context.Databases.Random, count, left)) continue;
            ReplyField(ref context, reader.Field, reader.Value, withValues);
            count--;
        }
    }

    // In RESP3 each field stands with its value in an array of two.
    private static void ReplyHead(ref CommandContext context, long count, bool withValues) =>
        context.ReplyArray(withValues && !context.Resp3 ? count * 2 : count);

    private static void ReplyField(ref CommandContext context, ListpackElement field, ListpackElement value, bool withValue)
    {
        if (withValue && context.Resp3) context.ReplyArray(2);
        context.ReplyElement(field);
        if (withValue) context.ReplyElement(value);
    }
}
