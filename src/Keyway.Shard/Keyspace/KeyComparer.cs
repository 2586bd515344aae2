using System.Diagnostics.CodeAnalysis;

namespace Keyway.Shard.Keyspace;

/// <summary>
/// For dictionaries by the bytes of a name that clients choose (channels, watched keys, keys that clients wait for): hashed under the keyspace's secret,
/// and searched by a span, so that a look-up makes no array.
/// </summary>
internal sealed class KeyComparer(KeyHash hash) : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] obj) => (int)hash.Of(obj);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)hash.Of(alternate);

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
