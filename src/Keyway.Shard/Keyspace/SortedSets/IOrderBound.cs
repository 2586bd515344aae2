using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>
/// A place in the order of a sorted set: of all elements, the first ones precede it and the others do not. Which of them it is, is known to the compiler,
/// so that a search calls nothing; and a bound that needs no member does not touch any.
/// </summary>
internal interface IOrderBound
{
    bool Precedes(double score, ScoredMember member);

    bool Precedes(double score, scoped ListpackElement member);
}
