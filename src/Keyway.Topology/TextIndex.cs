namespace Keyway.Topology;

/// <summary>Finds the text range that holds a key: the last one that begins at or before it, if it does not end before it.</summary>
internal sealed class TextIndex
{
    private readonly byte[]?[] _tos;     // null: open, or the next range begins right there
    private readonly int _firstBounded;  // 1 where the first range is open, so that it does not spoil what the bounds have in common
    private readonly TextBounds _froms;

    /// <param name="ascending">Ranges without overlap, sorted by <see cref="TextRanges.Sort"/>.</param>
    public TextIndex(IReadOnlyList<TextRange> ascending)
    {
        byte[][] froms = [.. ascending.Select(range => range.From ?? [])];
        _firstBounded = froms.Length > 0 && froms[0].Length == 0 ? 1 : 0;
        _froms = new TextBounds(froms[_firstBounded..]);

        _tos = new byte[ascending.Count][];
        for (int i = 0; i < _tos.Length; i++)
        {
            byte[]? to = ascending[i].To;
            bool meetsNext = to is not null && i + 1 < froms.Length && to.AsSpan().SequenceEqual(froms[i + 1]);
            _tos[i] = meetsNext ? null : to;
        }

        HoldsAll = _firstBounded == 1 && Array.TrueForAll(_tos, to => to is null);
    }

    /// <summary>Whether every text is in a range.</summary>
    public bool HoldsAll { get; }

    /// <param name="rest">The key after the rule's prefix.</param>
    /// <returns>The position of the range that holds it; -1 when none does.</returns>
    public int Find(ReadOnlySpan<byte> rest)
    {
        int found = _firstBounded + _froms.CountUpTo(rest) - 1;
        if (found < 0) return -1;
        return _tos[found] is not { } to || rest.SequenceCompareTo(to) < 0 ? found : -1;
    }
}
