using Keyway.Shard.Keyspace.Sets;
using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Rdb.Held;

/// <summary>
/// A sorted set, written from its last element back. Elements whose score changes move, so whatever was changed is remembered by its member and passed over
/// wherever it is met.
/// </summary>
internal sealed class HeldSortedSet : HeldValue
{
    private const int ElementsPerStep = 32;

    private readonly LargeSortedSet _value;
    private readonly long _count;
    private LargeSet? _known;
    private byte[] _lastMember = [];          // of the element that was written last
    private int _lastLength;
    private double _lastScore;
    private bool _hasBegun;
    private bool _isAllWritten;

    public HeldSortedSet(EntryHead head, HeldShare share, LargeSortedSet value)
        : base(head, share)
    {
        _value = value;
        _count = value.Count;
        value.Holder = this;
    }

    private ReadOnlySpan<byte> LastMember => _lastMember.AsSpan(0, _lastLength);

    public override unsafe void BeforeElement(ReadOnlySpan<byte> member, ScoredMember element)
    {
        if (_isAllWritten) return;

        _known ??= new LargeSet(Share.Values);
        if (_known.Find(member, out ulong hash) != null) return;
        _known.Insert(member, hash);
        if (element.IsNull || !IsAhead(element)) return;
        WriteElement(BeginEarly(), element);
        EndEarly();
    }

    protected override void WriteCount(RdbWriter writer) => writer.WriteLength(_count);

    protected override bool WriteNext(RdbWriter writer)
    {
        if (_isAllWritten) return false;

        long rank = _hasBegun ? _value.CountBefore(new ElementBound(_lastScore, LastMember, isBehind: false)) : _value.Count;
        TreePosition at = _value.Seek(rank - 1);
        ScoredMember last = default;
        for (int i = 0; i < ElementsPerStep && at.IsElement; i++, at.MovePrevious())
        {
            last = at.Member;
            if (_known == null || !_known.Contains(last.Bytes)) WriteElement(writer, last);
        }

        _isAllWritten = !at.IsElement;
        if (!last.IsNull) Remember(last);
        return true;
    }

    protected override void LetGo()
    {
        _isAllWritten = true;
        if (_known != null) Share.Values.Drop(_known);
        _known = null;
        LetGo(_value);
    }

    private static void WriteElement(RdbWriter writer, ScoredMember element)
    {
        writer.WriteString(element.Bytes);
        writer.WriteDouble(element.Score);
    }

    private bool IsAhead(ScoredMember element) =>
        !_hasBegun || element.Score < _lastScore || (element.Score == _lastScore && element.Bytes.SequenceCompareTo(LastMember) < 0);

    private void Remember(ScoredMember element)
    {
        ReadOnlySpan<byte> member = element.Bytes;
        if (_lastMember.Length < member.Length) _lastMember = new byte[Math.Max(64, member.Length)];
        member.CopyTo(_lastMember);
        _lastLength = member.Length;
        _lastScore = element.Score;
        _hasBegun = true;
    }
}
