using Keyway.Shard.Configuration;

namespace Keyway.Shard.Keyspace.Hashes;

/// <summary>Up to what size a hash stays in one flat buffer: so many fields, and none of them or of their values longer than so many bytes.</summary>
internal readonly record struct HashLimits(long Fields, long Bytes)
{
    /// <summary>As Redis has it: what is larger than this is no small value, whatever the settings say.</summary>
    public const int LargestBuffer = 1 << 30;

    public static HashLimits Of(Settings settings) => new(settings.HashMaxListpackEntries, settings.HashMaxListpackValue);

    /// <summary>Whether fields and values of such a length may stand in a flat buffer.</summary>
    public bool Allow(int bytes) => bytes <= Bytes;
}
