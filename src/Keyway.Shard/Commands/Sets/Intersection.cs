using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Sets;

namespace Keyway.Shard.Commands.Sets;

/// <summary>The members that all of some sets have, in the order of the smallest one. None of them may change meanwhile.</summary>
internal unsafe ref struct Intersection
{
    private readonly Database _database;
    private readonly ReadOnlySpan<Entry> _others;
    private readonly Entry _smallest;
    private SetReader _reader;

    /// <param name="database">Holds the sets.</param>
    /// <param name="sets">At least one; they are put into the order of their sizes.</param>
    public Intersection(Database database, Span<Entry> sets)
    {
        SortBySize(database, sets);
        _database = database;
        _smallest = sets[0];
        _others = sets[1..];
        _reader = new SetReader(database, sets[0]);
    }

    public readonly ListpackElement Member => _reader.Member;

    public bool MoveNext()
    {
        while (_reader.MoveNext())
        {
            if (IsInOthers(_reader.Member)) return true;
        }

        return false;
    }

    private readonly bool IsInOthers(ListpackElement member)
    {
        foreach (Entry other in _others)
        {
            if (other.Block != _smallest.Block && !new StoredSet(_database, other).Contains(member)) return false;
        }

        return true;
    }

    // By insertion: there are few, and among equals the first stays the first.
    private static void SortBySize(Database database, Span<Entry> sets)
    {
        for (int i = 1; i < sets.Length; i++)
        {
            Entry set = sets[i];
            long count = new StoredSet(database, set).Count;
            int at = i;
            for (; at > 0 && new StoredSet(database, sets[at - 1]).Count > count; at--) sets[at] = sets[at - 1];
            sets[at] = set;
        }
    }
}
