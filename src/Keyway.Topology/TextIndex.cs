using System.Buffers.Binary;

namespace Keyway.Topology;

/// <summary>
/// Finds the text range that holds a key by binary search over the first eight bytes of the bounds (past what all bounds begin with),
/// which compare as one big-endian ulong; whole bounds are compared only among those that begin alike.
/// </summary>
internal sealed class TextIndex
{
    private const int HeadLength = sizeof(ulong);

    private readonly byte[][] _froms;    // ascending; the first is empty where the first range is open
    private readonly byte[]?[] _tos;     // null: open, or the next range begins right there
    private readonly int _firstBounded;  // 1 where the first range is open, so that it does not spoil what the others have in common
    private readonly byte[] _common;
    private readonly ulong[] _heads;     // of the bounded ones, padded with zeros

    /// <param name="ascending">Ranges without overlap, sorted by <see cref="TextRanges.Sort"/>.</param>
    public TextIndex(IReadOnlyList<TextRange> ascending)
    {
        int count = ascending.Count;
        _froms = new byte[count][];
        _tos = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            _froms[i] = ascending[i].From ?? [];
            byte[]? to = ascending[i].To;
            bool meetsNext = to is not null && i + 1 < count && to.AsSpan().SequenceEqual(ascending[i + 1].From);
            _tos[i] = meetsNext ? null : to;
        }

        HoldsAll = count > 0 && _froms[0].Length == 0 && Array.TrueForAll(_tos, to => to is null);
        _firstBounded = count > 0 && _froms[0].Length == 0 ? 1 : 0;
        int bounded = count - _firstBounded;
        _common = bounded == 0 ? [] : _froms[_firstBounded][..CommonLength(_froms[_firstBounded], _froms[^1])];
        _heads = new ulong[bounded];
        for (int i = 0; i < bounded; i++) _heads[i] = Head(_froms[_firstBounded + i].AsSpan(_common.Length));
    }

    /// <summary>Whether every text is in a range.</summary>
    public bool HoldsAll { get; }

    /// <param name="rest">The key after the rule's prefix.</param>
    /// <returns>The position of the range that holds it; -1 when none does.</returns>
    public int Find(ReadOnlySpan<byte> rest)
    {
        int found = _firstBounded + BoundsUpTo(rest) - 1;
        if (found < 0) return -1;
        return _tos[found] is not { } to || rest.SequenceCompareTo(to) < 0 ? found : -1;
    }

    /// <summary>How many of the bounded ranges begin at or before the text.</summary>
    private int BoundsUpTo(ReadOnlySpan<byte> text)
    {
        ulong[] heads = _heads;
        if (heads.Length == 0) return 0;

        if (!text.StartsWith(_common)) return text.SequenceCompareTo(_common) < 0 ? 0 : heads.Length;

        ulong head = Head(text[_common.Length..]);
        int before = CountBelow(heads, head);
        if (before == heads.Length || heads[before] != head) return before;

        // Several bounds may begin with the same eight bytes, and zeros at a bound's end look like padding.
        int low = before;
        int high = head == ulong.MaxValue ? heads.Length : CountBelow(heads, head + 1);
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (text.SequenceCompareTo(_froms[_firstBounded + middle]) >= 0) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    // Without a branch on the data: which half is taken cannot be predicted.
    private static int CountBelow(ulong[] ascending, ulong value)
    {
        int low = 0;
        int count = ascending.Length;
        while (count > 1)
        {
            int half = count >> 1;
            low = ascending[low + half - 1] < value ? low + half : low;
            count -= half;
        }

        return ascending[low] < value ? low + 1 : low;
    }

    private static ulong Head(ReadOnlySpan<byte> text)
    {
        if (text.Length >= HeadLength) return BinaryPrimitives.ReadUInt64BigEndian(text);

        ulong head = 0;
        for (int i = 0; i < text.Length; i++) head |= (ulong)text[i] << (56 - 8 * i);
        return head;
    }

    private static int CommonLength(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => left.CommonPrefixLength(right);
}
