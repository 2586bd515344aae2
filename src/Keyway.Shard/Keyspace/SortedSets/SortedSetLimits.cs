using Keyway.Shard.Configuration;

namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>Up to what size a sorted set stays in one flat buffer.</summary>
internal readonly record struct SortedSetLimits(long Entries, long MemberBytes)
{
    /// <summary>Far below what a listpack's header could say, and beyond what any sane setting allows.</summary>
    private const int LargestBuffer = 1 << 30;

    public static SortedSetLimits Of(Settings settings) => new(settings.ZSetMaxListpackEntries, settings.ZSetMaxListpackValue);

    /// <summary>Whether so many elements, the longest of them so long, fit.</summary>
    public bool Allow(long count, int memberBytes, long bufferBytes = 0) =>
        count <= Entries && memberBytes <= MemberBytes && bufferBytes + memberBytes < LargestBuffer;
}
