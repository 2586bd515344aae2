using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Lists;
using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Commands.Sorting;

/// <summary>SORT and SORT_RO: the elements of a list or set in another order, or what other keys say of them.</summary>
internal static class SortCommands
{
    // SORT key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA] [STORE destination]
    public static void Sort(ref CommandContext context) => Sort(ref context, mayStore: true);

    // SORT_RO key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA]
    public static void SortReadOnly(ref CommandContext context) => Sort(ref context, mayStore: false);

    private static void Sort(ref CommandContext context, bool mayStore)
    {
        if (!SortOptions.TryParse(ref context, mayStore, out SortOptions options)) return;

        ReadOnlySpan<byte> key = context.Arguments[1];
        Place place = context.Keyspace.Find(key, Lookup.Read);
        if (place.Exists && place.Entry.Kind is not (ValueKind.List or ValueKind.Set or ValueKind.SortedSet))
        {
            context.ReplyWrongType();
            return;
        }

        using var work = new SortWork(context.Keyspace, context.Databases.Memory);
        if (place.Exists)
        {
            if (options.KeepsOrder && options.Stores && place.Entry.Kind == ValueKind.Set) options.SortUnorderedForStore();
            if (place.Entry.Kind == ValueKind.SortedSet)
            {
                // OBJECT ENCODING says "skiplist" from now on, as with Redis; and the members then stay where they are.
                Enlarge(ref context, place);
                place = context.Keyspace.Find(key);
            }

            if (!work.TryLoad(place.Entry, options))
            {
                context.ReplyError("ERR too many elements to sort"u8);
                return;
            }

            if (!options.KeepsOrder && !TrySort(ref context, work, options)) return;
        }

        if (options.Stores) Store(ref context, work, options);
        else Reply(ref context, work, options);
    }

    private static void Enlarge(ref CommandContext context, Place place)
    {
        var editor = new SortedSetEditor(context.Keyspace, context.Databases.Values, SortedSetLimits.Of(context.Server.Settings), place);
        editor.Enlarge();
    }

    private static bool TrySort(ref CommandContext context, SortWork work, SortOptions options)
    {
        SortPattern by = options.HasBy ? new SortPattern(options.By(ref context)) : default;
        if (work.TryWeigh(by, options.HasBy, options.ComparesTexts))
        {
            work.Sort(options);
            return true;
        }

        context.ReplyError("ERR One or more scores can't be converted into double"u8);
        return false;
    }

    private static void Reply(ref CommandContext context, SortWork work, SortOptions options)
    {
        int columns = options.Gets?.Count ?? 1;
        context.ReplyArray((long)work.Result.Length * columns);
        foreach (ref readonly SortItem item in work.Result)
        {
            if (options.Gets == null)
            {
                context.ReplyBulk(item.Text);
                continue;
            }

            foreach (int argument in options.Gets)
            {
                if (work.TryFind(new SortPattern(context.Arguments[argument]), item, out ListpackElement value)) context.ReplyElement(value);
                else context.ReplyNull();
            }
        }
    }

    private static void Store(ref CommandContext context, SortWork work, SortOptions options)
    {
        // All of it first: the target may be the source, or a key that GET reads.
        var list = new ListBuilder(context.Databases.Values);
        foreach (ref readonly SortItem item in work.Result)
        {
            if (options.Gets == null)
            {
                list.Add(item.Text);
                continue;
            }

            foreach (int argument in options.Gets)
            {
                bool isFound = work.TryFind(new SortPattern(context.Arguments[argument]), item, out ListpackElement value);
                if (isFound && value.IsInteger) list.Add(value);
                else list.Add(isFound ? value.Bytes : default);
            }
        }

        long stored = list.Count;
        ReadOnlySpan<byte> target = options.Target(ref context);

        // Where nothing is stored, a dead key there is deleted by this command like any other.
        Place place = stored > 0 ? context.Keyspace.Find(target, Lookup.Write) : context.Keyspace.FindAnyway(target);
        if (stored > 0)
        {
            list.Store(context.Keyspace, place);
            context.Notify(KeyspaceEvents.List, "sortstore"u8, target);
            context.Propagation.AsIs(stored);
        }
        else if (place.Exists)
        {
            context.Keyspace.Delete(place);
            context.Notify(KeyspaceEvents.Generic, "del"u8, target);
            context.Propagation.AsIs();
        }

        context.ReplyInteger(stored);
    }
}
