using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Rdb.Values;

/// <summary>
/// Makes values of one kind of what a dump or a file holds, as much at a time as has come. Nothing is believed: what cannot be a value is corrupt, and no
/// memory is taken for what is only announced. Until it is stored, a value is nobody's.
/// </summary>
internal abstract class ValueLoader(LoadContext context)
{
    protected LoadContext Context { get; } = context;

    /// <summary>Begins with a value of this type, one of the loader's kind.</summary>
    public abstract void Begin(RdbType type);

    /// <summary>Takes what is there whole. When it is incomplete, the same call with more bytes behind the position goes on.</summary>
    public abstract RdbReadStatus Read(ref RdbCursor cursor);

    /// <summary>Makes the value, which is complete, that of a key that is not there.</summary>
    /// <param name="input">What the last <see cref="Read"/> read from.</param>
    /// <param name="database">Holds the place.</param>
    /// <param name="place">Where the key would be.</param>
    /// <param name="expiresAtMs">Its expiry, or <see cref="Database.NoExpiry"/>.</param>
    public abstract void Store(ReadOnlySpan<byte> input, Database database, Place place, long expiresAtMs);

    /// <summary>Gives up what was read of a value that is not stored.</summary>
    public abstract void Discard();
}
