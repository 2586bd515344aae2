namespace Keyway.Shard.Commands.Sorting;

/// <summary>Texts as C sees them: they end where a NUL stands.</summary>
internal static class SortText
{
    public static ReadOnlySpan<byte> UpToNul(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)0);
        return end < 0 ? text : text[..end];
    }

    /// <summary>The order of the C locale's strcoll.</summary>
    public static int Collate(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int same = left.CommonPrefixLength(right);
        if (left[..same].Contains((byte)0)) return 0;

        // The end is a NUL too.
        int leftNext = same < left.Length ? left[same] : 0;
        int rightNext = same < right.Length ? right[same] : 0;
        return leftNext - rightNext;
    }
}
