using System.Runtime.CompilerServices;
using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>Behind all lower scores; behind the equal ones too, or before them.</summary>
internal readonly struct ScoreBound(double value, bool takesEqual) : IOrderBound
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Precedes(double score, ScoredMember member) => Precedes(score);

    public bool Precedes(double score, scoped ListpackElement member) => Precedes(score);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Precedes(double score) => score < value || (takesEqual && score == value);
}
