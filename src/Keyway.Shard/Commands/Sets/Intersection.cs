using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Sets;

namespace Keyway.Shard.Commands.Sets;

/// <summary>The members that all of some sets have, in the order of the smallest one. None of them may change meanwhile.</summary>
internal unsafe ref struct Intersection
{
    private const int MostSorted = 64;

    private readonly Database _database;
    private readonly ReadOnlySpan<Entry> _others;        // but the next larger one, which answers most
    private readonly StoredSet _next;
    private readonly bool _hasNext;
    private readonly bool _isAscending;
    private SetReader _reader;
    private int _from;

    /// <param name="database">Holds the sets.</param>
    /// <param name="sets">At least one; they are put into another order.</param>
    public Intersection(Database database, Span<Entry> sets)
    {
        SortBySize(database, sets);
        _database = database;
        _reader = new SetReader(database, sets[0]);
        _isAscending = sets[0].Encoding == ValueEncoding.Intset;

        // The same set named twice needs no second look.
        int others = 1;
        while (others < sets.Length && sets[others].Block == sets[0].Block) others++;
        _hasNext = others < sets.Length;
        if (!_hasNext) return;
        _next = new StoredSet(database, sets[others]);
        _others = sets[(others + 1)..];
    }

    public readonly ListpackElement Member => _reader.Member;

    public bool MoveNext()
    {
        while (_reader.MoveNext())
        {
            if (!_hasNext) return true;
            ListpackElement member = _reader.Member;
            bool isInNext = _isAscending ? _next.ContainsNext(member, ref _from) : _next.Contains(member);
            if (isInNext && IsInOthers(member)) return true;
        }

        return false;
    }

    private readonly bool IsInOthers(ListpackElement member)
    {
        foreach (Entry other in _others)
        {
            if (!new StoredSet(_database, other).Contains(member)) return false;
        }

        return true;
    }

    /// <summary>By insertion, among equals the first stays the first; of very many only the smallest comes to the front.</summary>
    private static void SortBySize(Database database, Span<Entry> sets)
    {
        int smallest = 0;
        if (sets.Length > MostSorted)
        {
            for (int i = 1; i < sets.Length; i++)
            {
                if (CountOf(database, sets[i]) < CountOf(database, sets[smallest])) smallest = i;
            }

            (sets[0], sets[smallest]) = (sets[smallest], sets[0]);
            return;
        }

        for (int i = 1; i < sets.Length; i++)
        {
            Entry set = sets[i];
            long count = CountOf(database, set);
            int at = i;
            for (; at > 0 && CountOf(database, sets[at - 1]) > count; at--) sets[at] = sets[at - 1];
            sets[at] = set;
        }
    }

    private static long CountOf(Database database, Entry set) => new StoredSet(database, set).Count;
}
