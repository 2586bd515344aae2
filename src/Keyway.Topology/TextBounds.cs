using System.Buffers.Binary;

namespace Keyway.Topology;

/// <summary>
/// Counts, of many sorted texts, those at or before another one. The texts are told apart eight bytes at a time, as big-endian ulongs
/// that one binary search compares; what begins alike is told apart by a node of its own, past what all of that have in common.
/// </summary>
internal sealed class TextBounds
{
    private const int HeadLength = sizeof(ulong);
    private const int FewBounds = 8;   // so many are compared whole rather than with a node of their own

    /// <summary>Bounds with the same head. Those that end within the head come first: they differ only in how many zeros they end with.</summary>
    private readonly record struct Group(int First, int FirstLonger, int End, TextBounds? Longer);

    private readonly byte[] _common;
    private readonly byte[][] _bounds;   // past what they have in common
    private readonly ulong[] _heads;     // distinct; padded with zeros
    private readonly Group[] _groups;

    /// <param name="ascending">Distinct.</param>
    public TextBounds(byte[][] ascending)
    {
        int common = ascending.Length == 0 ? 0 : ascending[0].AsSpan().CommonPrefixLength(ascending[^1]);
        _common = ascending.Length == 0 ? [] : ascending[0][..common];
        _bounds = Array.ConvertAll(ascending, bound => bound[common..]);

        var heads = new List<ulong>();
        var groups = new List<Group>();
        for (int first = 0; first < _bounds.Length;)
        {
            ulong head = Head(_bounds[first]);
            int firstLonger = first;
            while (firstLonger < _bounds.Length && _bounds[firstLonger].Length <= HeadLength && Head(_bounds[firstLonger]) == head) firstLonger++;
            int end = firstLonger;
            while (end < _bounds.Length && Head(_bounds[end]) == head) end++;

            TextBounds? longer = end - firstLonger > FewBounds ? new TextBounds(Array.ConvertAll(_bounds[firstLonger..end], bound => bound[HeadLength..])) : null;
            heads.Add(head);
            groups.Add(new Group(first, firstLonger, end, longer));
            first = end;
        }

        _heads = [.. heads];
        _groups = [.. groups];
    }

    /// <summary>How many of the bounds are at or before the text.</summary>
    public int CountUpTo(ReadOnlySpan<byte> text)
    {
        int count = 0;
        TextBounds node = this;
        while (true)
        {
            ulong[] heads = node._heads;
            if (heads.Length == 0) return count;
            if (!text.StartsWith(node._common)) return text.SequenceCompareTo(node._common) < 0 ? count : count + node._bounds.Length;

            text = text[node._common.Length..];
            ulong head = Head(text);
            int place = Ascending.CountBelow(heads, head);
            if (place == heads.Length) return count + node._bounds.Length;

            ref readonly Group group = ref node._groups[place];
            if (heads[place] != head) return count + group.First;

            count += node.CountInHead(group, text);
            if (text.Length <= HeadLength) return count;
            if (group.Longer is null) return count + node.CountLonger(group, text);

            node = group.Longer;
            text = text[HeadLength..];
        }
    }

    /// <summary>What has the same head is a beginning of the text, unless the zeros that it ends with are more than the text has.</summary>
    private int CountInHead(in Group group, ReadOnlySpan<byte> text)
    {
        int end = group.First;
        while (end < group.FirstLonger && _bounds[end].Length <= text.Length) end++;
        return end;
    }

    private int CountLonger(in Group group, ReadOnlySpan<byte> text)
    {
        int end = group.FirstLonger;
        while (end < group.End && _bounds[end].AsSpan().SequenceCompareTo(text) <= 0) end++;
        return end - group.FirstLonger;
    }

    private static ulong Head(ReadOnlySpan<byte> text)
    {
        if (text.Length >= HeadLength) return BinaryPrimitives.ReadUInt64BigEndian(text);

        ulong head = 0;
        for (int i = 0; i < text.Length; i++) head |= (ulong)text[i] << (56 - 8 * i);
        return head;
    }
}
