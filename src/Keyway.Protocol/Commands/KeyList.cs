using System.Runtime.CompilerServices;

namespace Keyway.Protocol.Commands;

/// <summary>The keys found in a request. Its owner uses one again and again: it is a struct with memory, never to be copied.</summary>
public struct KeyList
{
    private const int KeptCapacity = 16 * 1024;     // one huge request must not hold its memory for ever

    private KeyReference[]? _items;

    public int Count { get; private set; }

    /// <summary>After Invalid: the error as Redis words it, with its code.</summary>
    public string? Error { get; internal set; }

    /// <summary>It also reads keys whose names follow from its data (SORT … BY weight_*, GET name_*): nobody can tell where they live.</summary>
    public bool TouchesUnnamedKeys { get; internal set; }

    public readonly ReadOnlySpan<KeyReference> Items => _items.AsSpan(0, Count);

    public readonly KeyReference this[int index] => Items[index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int index, KeyAccess access)
    {
        KeyReference[]? items = _items;
        int count = Count;
        if (items is null || (uint)count >= (uint)items.Length) items = Grow();
        items[count] = new KeyReference(index, access);
        Count = count + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Clear()
    {
        if (Count > KeptCapacity) _items = null;
        Count = 0;
        Error = null;
        TouchesUnnamedKeys = false;
    }

    // All destinations but the last from a place in the list on: a server writes only that one.
    internal readonly void MarkSuperseded(int from)
    {
        for (int i = from; i < Count - 1; i++) _items![i] = _items[i] with { Access = _items[i].Access | KeyAccess.Superseded };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private KeyReference[] Grow()
    {
        if (_items is null) _items = new KeyReference[8];
        else Array.Resize(ref _items, _items.Length * 2);
        return _items;
    }
}
