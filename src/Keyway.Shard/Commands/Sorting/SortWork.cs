using System.Buffers;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Lists;
using Keyway.Shard.Keyspace.Sets;
using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Commands.Sorting;

/// <summary>The elements of one SORT on their way from the value to the answer. The keyspace is only read meanwhile, so nothing of them is copied.</summary>
internal sealed unsafe class SortWork(Database database, SlabAllocator memory) : IDisposable
{
    private readonly SortTexts _texts = new(memory);
    private SortItem[] _items = [];
    private byte[] _scratch = [];
    private int _count;
    private int _start;
    private int _taken;

    /// <summary>What the answer is made of, in its order.</summary>
    public ReadOnlySpan<SortItem> Result => _items.AsSpan(_start, _taken);

    /// <summary>
    /// Takes the elements of a list, a set or a sorted set, or only those that LIMIT wants where they keep their order; false when they are too many for
    /// one array.
    /// </summary>
    public bool TryLoad(Entry entry, SortOptions options)
    {
        long count = CountOf(entry);
        long start = Math.Clamp(options.LimitStart, 0, count);
        long taken = Math.Min(options.LimitCount < 0 ? count : options.LimitCount, count - start);

        bool takesRange = options.KeepsOrder && entry.Kind != ValueKind.Set;
        if (takesRange) count = taken;
        if (count > Array.MaxLength) return false;
        _start = takesRange ? 0 : (int)start;
        _taken = (int)taken;
        if (count == 0) return true;

        _items = ArrayPool<SortItem>.Shared.Rent((int)count);
        if (entry.Kind == ValueKind.List) LoadList(entry, takesRange ? start : 0, count, takesRange && options.Descends);
        else if (entry.Kind == ValueKind.Set) LoadSet(entry);
        else LoadSortedSet(entry, takesRange ? start : 0, count, takesRange && options.Descends);
        return true;
    }

    /// <summary>Finds what each element is compared by; false when that is to be a number and is none for some.</summary>
    public bool TryWeigh(scoped SortPattern by, bool hasBy, bool comparesTexts)
    {
        bool allAreNumbers = true;
        for (int i = 0; i < _count; i++)
        {
            ref SortItem item = ref _items[i];
            if (!hasBy)
            {
                if (!comparesTexts) allAreNumbers &= SortNumber.TryParse(item.Text, out item.Score);
            }
            else if (TryFind(by, item, out ListpackElement weight))
            {
                if (comparesTexts) item.WeightStart = _texts.AddressOf(weight, out item.WeightLength);
                else if (weight.IsInteger) item.Score = weight.Integer;
                else allAreNumbers &= SortNumber.TryParse(weight.Bytes, out item.Score);
            }
        }

        return allAreNumbers;
    }

    public void Sort(SortOptions options)
    {
        var order = new SortOrder(options.Descends, options.ComparesTexts, options.HasBy, exactly: options.Stores);
        Span<SortItem> items = _items.AsSpan(0, _count);
        bool takesAll = _start == 0 && _taken == _count;
        if (options.HasBy && !takesAll) PartialSort.Sort(items, order, _start, _start + _taken - 1);
        else items.Sort(order);
    }

    /// <summary>What the pattern of a GET names for the element; false when there is nothing.</summary>
    public bool TryFind(SortPattern pattern, in SortItem item, out ListpackElement value)
    {
        if (!pattern.IsElement) return pattern.TryFind(database, item.Text, ref _scratch, out value);
        value = new ListpackElement(item.Text);
        return true;
    }

    public void Dispose()
    {
        _texts.Dispose();
        if (_items.Length > 0) ArrayPool<SortItem>.Shared.Return(_items);
        _items = [];
    }

    private long CountOf(Entry entry) => entry.Kind switch
    {
        ValueKind.Set => new StoredSet(database, entry).Count,
        ValueKind.SortedSet => new SortedSetReader(database, entry).Count,
        _ => StoredList.CountOf(database, entry),
    };

    private void LoadList(Entry entry, long start, long count, bool descends)
    {
        var reader = new ListReader(database, entry, descends ? StoredList.CountOf(database, entry) - 1 - start : start, goesBack: descends);
        while (_count < count && reader.MoveNext()) Add(reader.Value);
    }

    private void LoadSet(Entry entry)
    {
        var reader = new SetReader(database, entry);
        while (reader.MoveNext()) Add(reader.Member);
    }

    private void LoadSortedSet(Entry entry, long start, long count, bool descends)
    {
        var reader = new SortedSetReader(database, entry);
        reader.Seek(descends ? reader.Count - 1 - start : start);
        while (_count < count && (descends ? reader.MovePrevious() : reader.MoveNext())) Add(new ListpackElement(reader.Member));
    }

    private void Add(scoped ListpackElement element)
    {
        ref SortItem item = ref _items[_count];
        item = new SortItem { WeightLength = SortItem.NoText, Position = _count++ };
        item.TextStart = _texts.AddressOf(element, out item.TextLength);
    }
}
