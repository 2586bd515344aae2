namespace Keyway.Shard.Commands.Sorting;

/// <summary>Which of two elements comes first.</summary>
/// <param name="descends">DESC.</param>
/// <param name="alpha">Texts are compared, not numbers.</param>
/// <param name="byWeight">BY names the texts; else they are the elements themselves.</param>
/// <param name="exactly">Texts are compared to the last byte, as they are for STORE; else up to a NUL.</param>
internal sealed class SortOrder(bool descends, bool alpha, bool byWeight, bool exactly) : IContentOrder<SortItem>
{
    /// <summary>With the position deciding what would be equal, so that any way of sorting leaves equals as they were.</summary>
    public int Compare(SortItem x, SortItem y)
    {
        int order = CompareContent(x, y);
        return order != 0 ? order : x.Position.CompareTo(y.Position);
    }

    /// <returns>Zero for what compares alike.</returns>
    public int CompareContent(in SortItem x, in SortItem y)
    {
        int order = alpha ? CompareTexts(x, y) : CompareNumbers(x, y);
        return descends ? -order : order;
    }

    // Equal numbers are ordered by the elements' texts: the outcome hangs on nothing but the elements.
    private static int CompareNumbers(in SortItem x, in SortItem y)
    {
        if (x.Score > y.Score) return 1;
        if (x.Score < y.Score) return -1;
        return Math.Sign(x.Text.SequenceCompareTo(y.Text));
    }

    private int CompareTexts(in SortItem x, in SortItem y)
    {
        if (!byWeight) return CompareTexts(x.Text, y.Text);

        // What BY does not find comes before what it finds.
        if (x.HasWeight && y.HasWeight) return CompareTexts(x.Weight, y.Weight);
        return x.HasWeight.CompareTo(y.HasWeight);
    }

    private int CompareTexts(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y) => Math.Sign(exactly ? x.SequenceCompareTo(y) : SortText.Collate(x, y));
}
