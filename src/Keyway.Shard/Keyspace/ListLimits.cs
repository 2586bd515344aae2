using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace;

/// <summary>How large the pieces of a list may become (list-max-listpack-size). Read when a list changes: what is there already stays as it is.</summary>
internal readonly struct ListLimits
{
    private const int CompactBytes = 2048;               // above it a push at the head would move too much
    private const int NodeBytesWhenCounted = 8192;       // nodes that are limited by their elements have a limit of bytes all the same
    private const int MostElements = 32_767;             // what Redis makes of larger settings
    private const int LargestPacked = 1 << 30;

    private ListLimits(int nodeBytes, int nodeElements, int aloneFrom)
    {
        NodeBytes = nodeBytes;
        NodeElements = nodeElements;
        AloneFrom = aloneFrom;
    }

    public static ListLimits Default => new(8192, int.MaxValue, LargestPacked);

    public int NodeBytes { get; }

    public int NodeElements { get; }

    /// <summary>An element of so many bytes gets a node of its own that says so (DEBUG QUICKLIST-PACKED-THRESHOLD).</summary>
    public int AloneFrom { get; }

    /// <param name="setting">Positive: elements a node; -1 to -5: 4, 8, 16, 32 or 64 KB a node.</param>
    public ListLimits WithNodeSize(int setting) => setting < 0
        ? new ListLimits(2048 << -Math.Max(setting, -5), int.MaxValue, AloneFrom)
        : new ListLimits(NodeBytesWhenCounted, Math.Min(setting, MostElements), AloneFrom);

    /// <param name="bytes">0 for the default.</param>
    public ListLimits WithAloneFrom(long bytes) => new(NodeBytes, NodeElements, bytes is > 0 and < LargestPacked ? (int)bytes : LargestPacked);

    /// <summary>Whether a node that would come to so much may come to it. One element alone always may.</summary>
    public bool Allows(int bytes, int elements) => bytes <= NodeBytes && elements <= NodeElements;

    public bool AllowsCompact(long bytes, long elements) => bytes <= CompactBytes && bytes <= NodeBytes && elements <= NodeElements;

    public bool IsAlone(ListpackElement element) => element.Bytes.Length >= AloneFrom;
}
