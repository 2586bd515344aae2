using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Sets;

namespace Keyway.Shard.Commands.Sets;

/// <summary>SRANDMEMBER and SPOP: members by chance.</summary>
internal static class SetRandomCommands
{
    /// <summary>Of a set that keeps a member for every so many popped, or fewer, Redis makes a new one of the members that stay: its form is decided again.</summary>
    private const int ReformsFromPopped = 5;

    // SRANDMEMBER key [count]
    public static void SRandMember(ref CommandContext context)
    {
        bool hasCount = context.Arguments.Count > 2;
        if (context.Arguments.Count > 3)
        {
            context.ReplySyntaxError();
            return;
        }

        long count = 0;
        if (hasCount && !RandomCount.TryRead(ref context, 2, out count)) return;

        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists)
        {
            if (hasCount) context.ReplyArray(0);
            else context.ReplyNull();
            return;
        }

        if (!context.Is(place, ValueKind.Set)) return;
        var set = new StoredSet(context.Keyspace, place.Entry);
        if (!hasCount) context.ReplyElement(set.PickRandom(ref context.Databases.Random));
        else if (count < 0) Repeat(ref context, set, -count);
        else Sample(ref context, set, Math.Min(count, set.Count));
    }

    // SPOP key [count]
    public static void SPop(ref CommandContext context)
    {
        if (context.Arguments.Count > 3) context.ReplySyntaxError();
        else if (context.Arguments.Count == 3) PopMany(ref context);
        else PopOne(ref context);
    }

    private static void Repeat(ref CommandContext context, StoredSet set, long times)
    {
        if (!RandomCount.MayRepeat(ref context, times)) return;
        context.ReplyArray(times);
        for (; times > 0 && !RandomCount.GivesUp(ref context); times--) context.ReplyElement(set.PickRandom(ref context.Databases.Random));
    }

    private static unsafe void Sample(ref CommandContext context, StoredSet set, long count)
    {
        context.ReplyArray(count);
        if (set.Large != null && count < set.Count)
        {
            BlockList chosen = context.Server.ScanResults;
            chosen.Clear();
            RandomSample.Pick(set.Large.Elements, count, ref context.Databases.Random, chosen);
            for (int i = 0; i < chosen.Count; i++) context.ReplyBulk(MemberBlock.KeyOf(chosen[i]));
            return;
        }

        long left = set.Count;
        for (SetReader reader = set.Read(); count > 0 && reader.MoveNext(); left--)
        {
            if (!RandomSample.Takes(ref context.Databases.Random, count, left)) continue;
            context.ReplyElement(reader.Member);
            count--;
        }
    }

    private static void PopOne(ref CommandContext context)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Write);
        if (!place.Exists)
        {
            context.ReplyNull();
            return;
        }

        if (!context.Is(place, ValueKind.Set)) return;
        SetChange change = new(context.Keyspace, context.Databases.Values, place, context.Server.Settings.SetMaxIntsetEntries);
        Pop(ref context, ref change);
        change.End(out bool isGone);
        context.Notify(KeyspaceEvents.Set, "spop"u8, context.Arguments[1]);
        if (isGone) context.Notify(KeyspaceEvents.Generic, "del"u8, context.Arguments[1]);
    }

    private static void PopMany(ref CommandContext context)
    {
        if (!RespNumber.TryParseLong(context.Arguments[2], out long count) || count < 0)
        {
            context.ReplyError("ERR value is out of range, must be positive"u8);
            return;
        }

        ReadOnlySpan<byte> key = context.Arguments[1];
        Place place = context.Keyspace.Find(key, Lookup.Write);
        if (place.Exists && !context.Is(place, ValueKind.Set)) return;
        if (!place.Exists || count == 0)
        {
            context.ReplySet(0);
            return;
        }

        SetChange change = new(context.Keyspace, context.Databases.Values, place, context.Server.Settings.SetMaxIntsetEntries);
        if (count >= change.Count)
        {
            PopAll(ref context, place);
            return;
        }

        context.ReplySet(count);
        for (long i = 0; i < count; i++) Pop(ref context, ref change);
        if (change.Count * ReformsFromPopped <= count) change.Reform();
        change.End();
        context.Notify(KeyspaceEvents.Set, "spop"u8, key);
    }

    private static void PopAll(ref CommandContext context, Place place)
    {
        ReadOnlySpan<byte> key = context.Arguments[1];
        var set = new StoredSet(context.Keyspace, place.Entry);
        long count = set.Count;
        context.ReplySet(count);
        for (SetReader reader = set.Read(); reader.MoveNext();) context.ReplyElement(reader.Member);

        context.Keyspace.Delete(place);
        context.Notify(KeyspaceEvents.Set, "spop"u8, key);
        context.Notify(KeyspaceEvents.Generic, "del"u8, key);
        if (!context.Propagation.BeginReplacement(2, count)) return;
        context.Propagation.Add("DEL"u8);
        context.Propagation.Add(key);
        context.Propagation.EndReplacement(context.Keyspace.Index);
    }

    /// <summary>Answers with a member, has it removed elsewhere, and removes it here.</summary>
    private static void Pop(ref CommandContext context, ref SetChange change)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        ListpackElement member = new StoredSet(context.Keyspace, change.Entry).PickRandom(ref context.Databases.Random);
        ReadOnlySpan<byte> text = member.Text(digits);
        context.ReplyBulk(text);
        context.Propagation.Replace(context.Keyspace.Index, "SREM"u8, context.Arguments[1], text);
        change.Remove(text);
    }
}
