namespace Keyway.Shard.Replication.Serving;

/// <summary>A snapshot on its way to one replica.</summary>
internal abstract class ReplicaPayload
{
    /// <summary>Bytes that can go out now; empty while there are none. Good until something else happens.</summary>
    public abstract ReadOnlySpan<byte> Next { get; }

    /// <summary>So many bytes of <see cref="Next"/> have gone out.</summary>
    public abstract void Advance(int bytes);

    /// <summary>The replica has all of it, or is gone.</summary>
    public abstract void Close();
}
