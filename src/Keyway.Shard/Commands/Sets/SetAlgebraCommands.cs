using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Sets;

namespace Keyway.Shard.Commands.Sets;

/// <summary>What several sets have in common, together, or one of them alone. A missing key is an empty set.</summary>
internal static unsafe class SetAlgebraCommands
{
    private const int EntriesOnStack = 64;

    // SINTER key [key ...]
    public static void SInter(ref CommandContext context)
    {
        Span<Entry> sets = Room(context.Arguments.Count - 1, stackalloc Entry[EntriesOnStack]);
        if (!TryFindSets(ref context, 1, sets, out bool isOneEmpty)) return;
        if (isOneEmpty)
        {
            context.ReplySet(0);
            return;
        }

        // How many there are is known when the last one has been found, and is to be said first.
        var members = new ReplyBuffer(context.Server.Pool);
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        long count = 0;
        for (var common = new Intersection(context.Keyspace, sets); common.MoveNext(); count++) members.WriteBulk(common.Member.Text(digits));
        context.ReplySet(count);
        members.MoveTo(context.Reply);
    }

    // SINTERSTORE destination key [key ...]
    public static void SInterStore(ref CommandContext context)
    {
        Span<Entry> sets = Room(context.Arguments.Count - 2, stackalloc Entry[EntriesOnStack]);
        if (!TryFindSets(ref context, 2, sets, out bool isOneEmpty)) return;

        SetChange result = Draft(ref context);
        if (!isOneEmpty)
        {
            Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
            for (var common = new Intersection(context.Keyspace, sets); common.MoveNext();) result.Add(common.Member.Text(digits));
        }

        Store(ref context, ref result, "sinterstore"u8);
    }

    // SINTERCARD numkeys key [key ...] [LIMIT limit]
    public static void SInterCard(ref CommandContext context)
    {
        if (!TryReadCardOptions(ref context, out int keys, out long limit)) return;

        Span<Entry> sets = Room(keys, stackalloc Entry[EntriesOnStack]);
        if (!TryFindSets(ref context, 2, sets, out bool isOneEmpty)) return;

        long count = 0;
        if (!isOneEmpty)
        {
            for (var common = new Intersection(context.Keyspace, sets); common.MoveNext();)
            {
                if (++count == limit) break;
            }
        }

        context.ReplyInteger(count);
    }

    // SUNION key [key ...]
    public static void SUnion(ref CommandContext context)
    {
        Span<Entry> sets = Room(context.Arguments.Count - 1, stackalloc Entry[EntriesOnStack]);
        if (!TryFindSets(ref context, 1, sets, out _)) return;
        SetChange result = Draft(ref context);
        Unite(context.Keyspace, sets, ref result);
        Reply(ref context, ref result);
    }

    // SUNIONSTORE destination key [key ...]
    public static void SUnionStore(ref CommandContext context)
    {
        Span<Entry> sets = Room(context.Arguments.Count - 2, stackalloc Entry[EntriesOnStack]);
        if (!TryFindSets(ref context, 2, sets, out _)) return;
        SetChange result = Draft(ref context);
        Unite(context.Keyspace, sets, ref result);
        Store(ref context, ref result, "sunionstore"u8);
    }

    // SDIFF key [key ...]
    public static void SDiff(ref CommandContext context)
    {
        Span<Entry> sets = Room(context.Arguments.Count - 1, stackalloc Entry[EntriesOnStack]);
        if (!TryFindSets(ref context, 1, sets, out _)) return;
        SetChange result = Draft(ref context);
        Subtract(context.Keyspace, sets, ref result);
        Reply(ref context, ref result);
    }

    // SDIFFSTORE destination key [key ...]
    public static void SDiffStore(ref CommandContext context)
    {
        Span<Entry> sets = Room(context.Arguments.Count - 2, stackalloc Entry[EntriesOnStack]);
        if (!TryFindSets(ref context, 2, sets, out _)) return;
        SetChange result = Draft(ref context);
        Subtract(context.Keyspace, sets, ref result);
        Store(ref context, ref result, "sdiffstore"u8);
    }

    private static Span<Entry> Room(int count, Span<Entry> onStack) => count <= onStack.Length ? onStack[..count] : new Entry[count];

    /// <summary>The sets of these arguments, none where the key is missing; when false WRONGTYPE has been answered. No entry that lives moves by this.</summary>
    private static bool TryFindSets(ref CommandContext context, int first, scoped Span<Entry> sets, out bool isOneEmpty)
    {
        isOneEmpty = false;
        for (int i = 0; i < sets.Length; i++)
        {
            Place place = context.Keyspace.Find(context.Arguments[first + i], Lookup.Read);
            sets[i] = default;
            if (!place.Exists) isOneEmpty = true;
            else if (context.Is(place, ValueKind.Set)) sets[i] = place.Entry;
            else return false;
        }

        return true;
    }

    private static bool TryReadCardOptions(ref CommandContext context, out int keys, out long limit)
    {
        limit = 0;      // none
        keys = 0;
        if (!RespNumber.TryParseLong(context.Arguments[1], out long count) || count < 1)
        {
            context.ReplyError("ERR numkeys should be greater than 0"u8);
            return false;
        }

        if (count > context.Arguments.Count - 2)
        {
            context.ReplyError("ERR Number of keys can't be greater than number of args"u8);
            return false;
        }

        keys = (int)count;
        for (int i = 2 + keys; i < context.Arguments.Count; i += 2)
        {
            if (!Word.Is(context.Arguments[i], "LIMIT"u8) || i + 1 == context.Arguments.Count)
            {
                context.ReplySyntaxError();
                return false;
            }

            if (!RespNumber.TryParseLong(context.Arguments[i + 1], out limit) || limit < 0)
            {
                context.ReplyError("ERR LIMIT can't be negative"u8);
                return false;
            }
        }

        return true;
    }

    /// <summary>A set in the making under the command's first argument, which for commands that store nothing only is a name.</summary>
    private static SetChange Draft(scoped ref CommandContext context) =>
        new(context.Keyspace, context.Databases.Values, context.Arguments[1], context.Server.Settings.SetMaxIntsetEntries);

    private static void Unite(Database database, scoped ReadOnlySpan<Entry> sets, scoped ref SetChange result)
    {
        foreach (Entry set in sets) AddAll(database, set, ref result);
    }

    private static void Subtract(Database database, scoped ReadOnlySpan<Entry> sets, scoped ref SetChange result)
    {
        if (sets[0].IsNull) return;
        foreach (Entry other in sets[1..])
        {
            if (other.Block == sets[0].Block) return;
        }

        if (LooksUpEach(database, sets)) AddWhatOthersLack(database, sets, ref result);
        else AddAllAndRemove(database, sets, ref result);
    }

    /// <summary>
    /// Redis's choice between two ways, by what they cost. It can be seen from outside: a set that once held all members of the first one may have
    /// outgrown an intset that the difference alone would fit.
    /// </summary>
    private static bool LooksUpEach(Database database, ReadOnlySpan<Entry> sets)
    {
        long first = new StoredSet(database, sets[0]).Count;
        long lookUps = 0;
        long removals = 0;
        foreach (Entry set in sets)
        {
            if (set.IsNull) continue;
            lookUps += first;
            removals += new StoredSet(database, set).Count;
        }

        return lookUps / 2 <= removals;      // look-ups end with the first hit
    }

    private static void AddWhatOthersLack(Database database, scoped ReadOnlySpan<Entry> sets, scoped ref SetChange result)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        for (var reader = new SetReader(database, sets[0]); reader.MoveNext();)
        {
            if (!IsInAny(database, sets[1..], reader.Member)) result.Add(reader.Member.Text(digits));
        }
    }

    private static bool IsInAny(Database database, ReadOnlySpan<Entry> sets, ListpackElement member)
    {
        foreach (Entry set in sets)
        {
            if (!set.IsNull && new StoredSet(database, set).Contains(member)) return true;
        }

        return false;
    }

    private static void AddAllAndRemove(Database database, scoped ReadOnlySpan<Entry> sets, scoped ref SetChange result)
    {
        AddAll(database, sets[0], ref result);
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        foreach (Entry other in sets[1..])
        {
            if (other.IsNull) continue;
            for (var reader = new SetReader(database, other); result.Count > 0 && reader.MoveNext();) result.Remove(reader.Member.Text(digits));
        }
    }

    private static void AddAll(Database database, Entry set, scoped ref SetChange result)
    {
        if (set.IsNull) return;
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        for (var reader = new SetReader(database, set); reader.MoveNext();) result.Add(reader.Member.Text(digits));
    }

    private static void Reply(ref CommandContext context, scoped ref SetChange result)
    {
        context.ReplySet(result.Count);
        for (var reader = new SetReader(context.Keyspace, result.Entry); reader.MoveNext();) context.ReplyElement(reader.Member);
        result.Discard();
    }

    private static void Store(ref CommandContext context, scoped ref SetChange result, ReadOnlySpan<byte> what)
    {
        ReadOnlySpan<byte> destination = context.Arguments[1];
        long count = result.Count;
        if (count > 0)
        {
            result.Publish();
            context.Notify(KeyspaceEvents.Set, what, destination);
            context.Propagation.AsIs();
        }
        else
        {
            result.Discard();
            Place place = context.Keyspace.Find(destination);
            if (place.Exists)
            {
                context.Keyspace.Delete(place);
                context.Notify(KeyspaceEvents.Generic, "del"u8, destination);
                context.Propagation.AsIs();
            }
        }

        context.ReplyInteger(count);
    }
}
