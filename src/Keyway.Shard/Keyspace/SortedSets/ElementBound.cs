using System.Runtime.CompilerServices;
using Keyway.Protocol;
using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>Before the element of this score and member, or right behind it: the order is by score, and by bytes where scores are equal.</summary>
internal readonly ref struct ElementBound(double score, ReadOnlySpan<byte> member, bool isBehind) : IOrderBound
{
    private readonly ReadOnlySpan<byte> _member = member;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Precedes(double other, ScoredMember member) => other < score || (other == score && PrecedesInTie(member.Bytes));

    public bool Precedes(double other, scoped ListpackElement member) => other < score || (other == score && PrecedesInTie(member));

    private bool PrecedesInTie(scoped ListpackElement member)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        return PrecedesInTie(member.Text(digits));
    }

    private bool PrecedesInTie(scoped ReadOnlySpan<byte> member)
    {
        int order = member.SequenceCompareTo(_member);
        return order < 0 || (isBehind && order == 0);
    }
}
