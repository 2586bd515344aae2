using Keyway.Protocol;
using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>Before or right behind a member, or at one end of everything.</summary>
internal readonly ref struct LexBound : IOrderBound
{
    private readonly ReadOnlySpan<byte> _member;
    private readonly int _end;            // -1 before all members, 1 behind all members, 0 at the member
    private readonly bool _takesEqual;

    public LexBound(ReadOnlySpan<byte> member, bool takesEqual)
    {
        _member = member;
        _takesEqual = takesEqual;
    }

    private LexBound(int end) => _end = end;

    public static LexBound BeforeAll => new(-1);

    public static LexBound BehindAll => new(1);

    public bool Precedes(double score, ScoredMember member) => Precedes(member.Bytes);

    public bool Precedes(double score, scoped ListpackElement member)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        return Precedes(member.Text(digits));
    }

    public int CompareTo(in LexBound other)
    {
        if (_end != 0 || other._end != 0) return _end.CompareTo(other._end);
        int order = _member.SequenceCompareTo(other._member);
        return order != 0 ? order : _takesEqual.CompareTo(other._takesEqual);
    }

    private bool Precedes(scoped ReadOnlySpan<byte> member)
    {
        if (_end != 0) return _end > 0;
        int order = member.SequenceCompareTo(_member);
        return order < 0 || (_takesEqual && order == 0);
    }
}
