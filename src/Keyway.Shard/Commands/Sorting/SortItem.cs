namespace Keyway.Shard.Commands.Sorting;

/// <summary>One element that is being sorted, and what it is sorted by. The texts lie in native memory that nobody touches meanwhile.</summary>
internal unsafe struct SortItem
{
    public const int NoText = -1;

    public byte* TextStart;
    public byte* WeightStart;
    public double Score;
    public int TextLength;
    public int WeightLength;

    /// <summary>Before the sort: of two that compare alike, the one that was first stays first.</summary>
    public int Position;

    public readonly ReadOnlySpan<byte> Text => new(TextStart, TextLength);

    /// <summary>What BY names for this element, where the order is that of texts.</summary>
    public readonly ReadOnlySpan<byte> Weight => new(WeightStart, WeightLength);

    public readonly bool HasWeight => WeightLength != NoText;
}
