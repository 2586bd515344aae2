using System.Diagnostics;
using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>
/// Changes the sorted set at a place, whatever form it has, and makes one where there is none. The first change announces itself to the database;
/// <see cref="Finish"/> ends it, and deletes a key that has become empty.
/// </summary>
internal ref struct SortedSetEditor
{
    private readonly Database _database;
    private readonly ValueStore _store;
    private readonly SortedSetLimits _limits;
    private Place _place;
    private LargeSortedSet? _large;
    private bool _isNew;
    private bool _hasChanged;

    /// <param name="database">Where the place is.</param>
    /// <param name="store">Where large values live.</param>
    /// <param name="limits">As they are now.</param>
    /// <param name="place">Holds a sorted set, or nothing.</param>
    public SortedSetEditor(Database database, ValueStore store, SortedSetLimits limits, Place place)
    {
        _database = database;
        _store = store;
        _limits = limits;
        _place = place;
        if (place.Exists && place.Entry.IsLarge) _large = (LargeSortedSet)database.LargeValueOf(place.Entry);
    }

    public readonly long Count => _large?.Count ?? (_place.Exists ? CompactSortedSet.Count(_place.Entry.Bytes) : 0);

    /// <summary>Adds the element or gives it another score, as the conditions have it.</summary>
    /// <param name="member">Whose score.</param>
    /// <param name="score">The score, or the increment; a number.</param>
    /// <param name="conditions">When, and how.</param>
    /// <param name="result">The element's score from now on, if it was not refused.</param>
    public AddOutcome Add(ReadOnlySpan<byte> member, double score, AddConditions conditions, out double result)
    {
        result = score;
        if (_large != null) return AddToLarge(member, score, conditions, out result);

        int at = _place.Exists ? CompactSortedSet.Find(_place.Entry.Bytes, member) : Listpack.None;
        if (at != Listpack.None)
        {
            double present = CompactSortedSet.ScoreAt(_place.Entry.Bytes, at);
            AddOutcome outcome = Decide(present, score, conditions, out result);
            if (outcome == AddOutcome.Updated) RescoreCompact(at, member, result);
            return outcome;
        }

        if ((conditions & AddConditions.OnlyPresent) != 0) return AddOutcome.Refused;
        AddNew(member, score);
        return AddOutcome.Added;
    }

    /// <summary>False when the member is not there.</summary>
    public bool Remove(ReadOnlySpan<byte> member)
    {
        if (_large != null)
        {
            if (_large.Find(member).IsNull) return false;
            BeginChange();
            return _large.Remove(member);
        }

        int at = CompactSortedSet.Find(_place.Entry.Bytes, member);
        if (at == Listpack.None) return false;
        BeginChange();
        RemoveCompact(at, 1);
        return true;
    }

    /// <summary>Removes elements that follow one another, from this rank on; they must be there.</summary>
    public void RemoveRange(long rank, long count)
    {
        Debug.Assert(rank >= 0 && count > 0 && rank + count <= Count);
        BeginChange();
        if (_large != null) _large.RemoveRange(rank, count);
        else RemoveCompact(Listpack.Seek(_place.Entry.Bytes, rank * 2), (int)count);
    }

    /// <summary>Gives the set the form of a large one whatever its size, as SORT does with Redis. Its elements stay what they are: it has not been written.</summary>
    public void Enlarge()
    {
        if (_large != null) return;
        _database.BeginChange(_place);
        _large = Enlarge(_place.Entry);
        _database.ConvertToLarge(ref _place, _large);
    }

    /// <summary>To be called when all changes are made; true when that was the end of the key.</summary>
    public readonly bool Finish()
    {
        if (!_hasChanged) return false;
        if (Count == 0)
        {
            _database.Delete(_place);
            return true;
        }

        if (!_isNew) _database.EndChange(_place);
        return false;
    }

    private static AddOutcome Decide(double present, double score, AddConditions conditions, out double result)
    {
        result = score;
        if ((conditions & AddConditions.OnlyNew) != 0) return AddOutcome.Refused;
        if ((conditions & AddConditions.Increment) != 0)
        {
            result = present + score;
            if (double.IsNaN(result)) return AddOutcome.NotANumber;
        }

        if ((conditions & AddConditions.OnlyHigher) != 0 && result <= present) return AddOutcome.Refused;
        if ((conditions & AddConditions.OnlyLower) != 0 && result >= present) return AddOutcome.Refused;
        return result == present ? AddOutcome.Unchanged : AddOutcome.Updated;
    }

    private AddOutcome AddToLarge(ReadOnlySpan<byte> member, double score, AddConditions conditions, out double result)
    {
        result = score;
        ScoredMember element = _large!.Find(member);
        if (element.IsNull)
        {
            if ((conditions & AddConditions.OnlyPresent) != 0) return AddOutcome.Refused;
            BeginChange();
            _large.Add(member, score);
            return AddOutcome.Added;
        }

        AddOutcome outcome = Decide(element.Score, score, conditions, out result);
        if (outcome != AddOutcome.Updated) return outcome;
        BeginChange();
        _large.Rescore(element, result);
        return outcome;
    }

    private void AddNew(ReadOnlySpan<byte> member, double score)
    {
        if (!_place.Exists)
        {
            Create(member, score);
            return;
        }

        BeginChange();
        ReadOnlySpan<byte> listpack = _place.Entry.Bytes;
        if (_limits.Allow(CompactSortedSet.Count(listpack) + 1, member.Length, listpack.Length))
        {
            CompactSortedSet.CountBefore(listpack, new ElementBound(score, member, isBehind: false), out int at);
            _database.Resize(ref _place, listpack.Length + CompactSortedSet.SizeOf(member, score));
            CompactSortedSet.Insert(_place.Entry.WritableBytes, at, member, score);
            return;
        }

        LargeSortedSet large = Enlarge(_place.Entry);
        _database.ConvertToLarge(ref _place, large);
        _large = large;
        _large.Add(member, score);
    }

    private void Create(ReadOnlySpan<byte> member, double score)
    {
        _isNew = _hasChanged = true;
        if (_limits.Allow(1, member.Length))
        {
            _place = _database.SetCompact(_place, ValueKind.SortedSet, ValueEncoding.Listpack, Listpack.EmptyBytes + CompactSortedSet.SizeOf(member, score));
            Span<byte> listpack = _place.Entry.WritableBytes;
            Listpack.WriteEmpty(listpack);
            CompactSortedSet.Insert(listpack, Listpack.HeaderBytes, member, score);
            return;
        }

        _large = new LargeSortedSet(_store);
        _large.Add(member, score);
        _place = _database.SetLarge(_place, ValueKind.SortedSet, _large);
    }

    private readonly LargeSortedSet Enlarge(Entry entry)
    {
        var large = new LargeSortedSet(_store);
        var reader = new SortedSetReader(_database, entry);
        while (reader.MoveNext()) large.Add(reader.Member, reader.Score);
        return large;
    }

    private void RescoreCompact(int at, ReadOnlySpan<byte> member, double score)
    {
        BeginChange();
        int left = CompactSortedSet.Remove(_place.Entry.WritableBytes, at);
        CompactSortedSet.CountBefore(_place.Entry.Bytes, new ElementBound(score, member, isBehind: false), out int target);
        _database.Resize(ref _place, left + CompactSortedSet.SizeOf(member, score));
        CompactSortedSet.Insert(_place.Entry.WritableBytes, target, member, score);
    }

    private void RemoveCompact(int at, int count)
    {
        int left = CompactSortedSet.Remove(_place.Entry.WritableBytes, at, count);
        _database.Resize(ref _place, left);
    }

    private void BeginChange()
    {
        if (_hasChanged) return;
        _database.BeginChange(_place);
        _hasChanged = true;
    }
}
