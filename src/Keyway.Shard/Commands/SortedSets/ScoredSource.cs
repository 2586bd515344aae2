using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Sets;
using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Commands.SortedSets;

/// <summary>One input of ZUNION and its kin, with its weight: a sorted set, a set whose members all have the score 1, or nothing.</summary>
internal struct ScoredSource(Database database, Entry entry)
{
    public double Weight = 1;

    public readonly long Count =>
        entry.IsNull ? 0
        : entry.Kind == ValueKind.Set ? new StoredSet(database, entry).Count
        : new StoredSortedSet(database, entry).Count;

    public readonly bool TryGetScore(ReadOnlySpan<byte> member, out double score)
    {
        score = 1;
        if (entry.IsNull) return false;
        if (entry.Kind == ValueKind.Set) return new StoredSet(database, entry).Contains(member);
        return new StoredSortedSet(database, entry).TryGetScore(member, out score);
    }

    public readonly ScoredSourceReader Read() =>
        entry.IsNull ? new ScoredSourceReader(default(StoredSortedSet).Read())
        : entry.Kind == ValueKind.Set ? new ScoredSourceReader(new SetReader(database, entry))
        : new ScoredSourceReader(new SortedSetReader(database, entry));
}
