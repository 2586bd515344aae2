using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Keyway.Shard.Keyspace.Digests;

/// <summary>Twenty bytes that grow out of others: in their order (<see cref="Mix"/>), or whatever their order (<see cref="Add"/>). As Redis computes it.</summary>
[InlineArray(Length)]
internal struct Digest
{
    public const int Length = SHA1.HashSizeInBytes;

    private byte _first;

    public readonly bool IsZero => !((ReadOnlySpan<byte>)this).ContainsAnyExcept((byte)0);

    /// <summary>The order of what is added does not matter.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "A test's fingerprint of its data, which Redis computes so; nothing is protected by it.")]
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Length];
        SHA1.HashData(bytes, hash);
        for (int i = 0; i < Length; i++) this[i] ^= hash[i];
    }

    public void Add(in Digest other) => Add((ReadOnlySpan<byte>)other);

    /// <summary>What is mixed in another order makes another digest.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "A test's fingerprint of its data, which Redis computes so; nothing is protected by it.")]
    public void Mix(ReadOnlySpan<byte> bytes)
    {
        Add(bytes);
        Span<byte> hash = stackalloc byte[Length];
        SHA1.HashData(this, hash);
        hash.CopyTo(this);
    }

    public override readonly string ToString() => Convert.ToHexStringLower(this);
}
