namespace Keyway.Topology;

/// <summary>
/// Finds the number range that holds a key by binary search. Numbers of up to 18 digits, which is nearly all there are, compare as
/// one ulong; longer ones by length and then digit by digit.
/// </summary>
internal sealed class NumberIndex
{
    // Ranges in ascending order. The fast arrays stop before the first range that begins past 18 digits: no short number is in those.
    private readonly ulong[] _fastFirsts;
    private readonly ulong[] _fastLasts;
    private readonly byte[][] _firsts;
    private readonly byte[]?[] _lasts;

    /// <param name="ascending">Ranges without overlap, sorted by <see cref="NumberRanges.Sort"/>.</param>
    public NumberIndex(IReadOnlyList<NumberRange> ascending)
    {
        _firsts = new byte[ascending.Count][];
        _lasts = new byte[ascending.Count][];
        int fast = 0;
        for (int i = 0; i < ascending.Count; i++)
        {
            _firsts[i] = ascending[i].First is { } first ? KeyNumber.Digits(first) : [];
            _lasts[i] = ascending[i].Last is { } last ? KeyNumber.Digits(last) : null;
            if (_firsts[i].Length <= KeyNumber.FastDigits) fast++;
        }

        _fastFirsts = new ulong[fast];
        _fastLasts = new ulong[fast];
        for (int i = 0; i < fast; i++)
        {
            _fastFirsts[i] = KeyNumber.Value(_firsts[i]);
            _fastLasts[i] = _lasts[i] is { Length: <= KeyNumber.FastDigits } last ? KeyNumber.Value(last) : ulong.MaxValue;
        }
    }

    /// <param name="rest">The key after the rule's prefix.</param>
    /// <returns>The position of the range that holds it; -1 when it has no number or no range holds it.</returns>
    public int Find(ReadOnlySpan<byte> rest)
    {
        if (!KeyNumber.TryRead(rest, out ReadOnlySpan<byte> digits)) return -1;
        if (digits.Length > KeyNumber.FastDigits) return FindLong(digits);

        ulong number = KeyNumber.Value(digits);
        int found = Ascending.CountBelow(_fastFirsts, number + 1) - 1;
        return found >= 0 && number <= _fastLasts[found] ? found : -1;
    }

    private int FindLong(ReadOnlySpan<byte> digits)
    {
        int low = 0;
        int high = _firsts.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (KeyNumber.Compare(_firsts[middle], digits) <= 0) low = middle + 1;
            else high = middle;
        }

        int found = low - 1;
        if (found < 0) return -1;
        return _lasts[found] is not { } last || KeyNumber.Compare(digits, last) <= 0 ? found : -1;
    }
}
