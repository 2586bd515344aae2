namespace Keyway.Shard.Rdb;

/// <summary>A file that cannot be loaded: damaged, or of a kind that we do not know.</summary>
internal sealed class RdbException(long offset, string reason) : Exception($"{reason} (at byte {offset})")
{
    /// <summary>About where in the file.</summary>
    public long Offset { get; } = offset;

    public string Reason { get; } = reason;
}
