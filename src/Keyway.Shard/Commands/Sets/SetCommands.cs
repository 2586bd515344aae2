using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Sets;

namespace Keyway.Shard.Commands.Sets;

/// <summary>Commands on the members of one set, and on one member of two.</summary>
internal static class SetCommands
{
    // SADD key member [member ...]
    public static void SAdd(ref CommandContext context)
    {
        if (!TryFindForWrite(ref context, out Place place)) return;

        long added = 0;
        SetChange change = new(context.Keyspace, context.Databases.Values, place, context.Server.Settings.SetMaxIntsetEntries);
        change.Expect(context.Arguments, first: 2);
        for (int i = 2; i < context.Arguments.Count; i++) added += change.Add(context.Arguments[i]) ? 1 : 0;
        change.End();

        if (added > 0) context.Notify(KeyspaceEvents.Set, "sadd"u8, context.Arguments[1]);
        context.Propagation.AsIs(added);
        context.ReplyInteger(added);
    }

    // SREM key member [member ...]
    public static void SRem(ref CommandContext context)
    {
        if (!TryFindForWrite(ref context, out Place place)) return;
        if (!place.Exists)
        {
            context.ReplyInteger(0);
            return;
        }

        long removed = 0;
        SetChange change = new(context.Keyspace, context.Databases.Values, place, context.Server.Settings.SetMaxIntsetEntries);
        for (int i = 2; i < context.Arguments.Count && change.Count > 0; i++) removed += change.Remove(context.Arguments[i]) ? 1 : 0;
        change.End(out bool isGone);

        if (removed > 0) context.Notify(KeyspaceEvents.Set, "srem"u8, context.Arguments[1]);
        if (isGone) context.Notify(KeyspaceEvents.Generic, "del"u8, context.Arguments[1]);
        context.Propagation.AsIs(removed);
        context.ReplyInteger(removed);
    }

    // SMOVE source destination member
    public static void SMove(ref CommandContext context)
    {
        ReadOnlySpan<byte> source = context.Arguments[1];
        ReadOnlySpan<byte> destination = context.Arguments[2];
        ReadOnlySpan<byte> member = context.Arguments[3];
        Place place = context.Keyspace.Find(source, Lookup.Write);
        if (!place.Exists)
        {
            context.ReplyInteger(0);
            return;
        }

        if (!context.Is(place, ValueKind.Set)) return;
        bool isMember = new StoredSet(context.Keyspace, place.Entry).Contains(member);
        place = context.Keyspace.Find(destination, Lookup.Write);
        if (place.Exists && !context.Is(place, ValueKind.Set)) return;

        context.ReplyInteger(isMember ? 1 : 0);
        if (!isMember || source.SequenceEqual(destination)) return;

        long limit = context.Server.Settings.SetMaxIntsetEntries;
        SetChange removal = new(context.Keyspace, context.Databases.Values, context.Keyspace.Find(source), limit);
        removal.Remove(member);
        removal.End(out bool isGone);
        context.Notify(KeyspaceEvents.Set, "srem"u8, source);
        if (isGone) context.Notify(KeyspaceEvents.Generic, "del"u8, source);

        SetChange addition = new(context.Keyspace, context.Databases.Values, context.Keyspace.Find(destination), limit);
        bool isNew = addition.Add(member);
        addition.End();
        if (isNew) context.Notify(KeyspaceEvents.Set, "sadd"u8, destination);
        context.Propagation.AsIs(isNew ? 2 : 1);
    }

    // SISMEMBER key member
    public static void SIsMember(ref CommandContext context)
    {
        if (TryRead(ref context, out StoredSet set)) context.ReplyInteger(set.Contains(context.Arguments[2]) ? 1 : 0);
    }

    // SMISMEMBER key member [member ...]
    public static void SMIsMember(ref CommandContext context)
    {
        if (!TryRead(ref context, out StoredSet set)) return;
        context.ReplyArray(context.Arguments.Count - 2);
        for (int i = 2; i < context.Arguments.Count; i++) context.ReplyInteger(set.Contains(context.Arguments[i]) ? 1 : 0);
    }

    // SCARD key
    public static void SCard(ref CommandContext context)
    {
        if (TryRead(ref context, out StoredSet set)) context.ReplyInteger(set.Count);
    }

    // SMEMBERS key
    public static void SMembers(ref CommandContext context)
    {
        if (!TryRead(ref context, out StoredSet set)) return;
        context.ReplySet(set.Count);
        for (SetReader reader = set.Read(); reader.MoveNext();) context.ReplyElement(reader.Member);
    }

    /// <summary>The place of the set that is the command's key, or of none; else WRONGTYPE has been answered.</summary>
    private static bool TryFindForWrite(ref CommandContext context, out Place place)
    {
        Place found = context.Keyspace.Find(context.Arguments[1], Lookup.Write);
        place = found;
        return !found.Exists || context.Is(found, ValueKind.Set);
    }

    /// <summary>The set that is the command's key; one without members where the key is missing; else WRONGTYPE has been answered.</summary>
    private static bool TryRead(ref CommandContext context, out StoredSet set)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        set = default;
        if (!place.Exists) return true;
        if (!context.Is(place, ValueKind.Set)) return false;
        set = new StoredSet(context.Keyspace, place.Entry);
        return true;
    }
}
