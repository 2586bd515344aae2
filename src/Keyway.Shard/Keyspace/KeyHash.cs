using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Keyway.Shard.Keyspace;

/// <summary>
/// SipHash-1-3 under a secret of this process: who chooses keys cannot aim them at one bucket, and one round for each word is what a hash table needs.
/// </summary>
internal readonly struct KeyHash
{
    private readonly ulong _secret0;
    private readonly ulong _secret1;

    public KeyHash(ulong secret0, ulong secret1)
    {
        _secret0 = secret0;
        _secret1 = secret1;
    }

    public static KeyHash WithRandomSecret()
    {
        Span<byte> secret = stackalloc byte[16];
        RandomNumberGenerator.Fill(secret);
        return new KeyHash(BinaryPrimitives.ReadUInt64LittleEndian(secret), BinaryPrimitives.ReadUInt64LittleEndian(secret[8..]));
    }

    public ulong Of(ReadOnlySpan<byte> key)
    {
        ulong v0 = _secret0 ^ 0x736f6d6570736575;
        ulong v1 = _secret1 ^ 0x646f72616e646f6d;
        ulong v2 = _secret0 ^ 0x6c7967656e657261;
        ulong v3 = _secret1 ^ 0x7465646279746573;

        ref byte at = ref MemoryMarshal.GetReference(key);
        int words = key.Length >> 3;
        for (int i = 0; i < words; i++)
        {
            ulong word = Unsafe.ReadUnaligned<ulong>(ref at);
            v3 ^= word;
            Round(ref v0, ref v1, ref v2, ref v3);
            v0 ^= word;
            at = ref Unsafe.Add(ref at, 8);
        }

        // The last word holds what is left over, and the length in its top byte.
        ulong last = (ulong)key.Length << 56;
        int left = key.Length & 7;
        if (left > 0) last |= words > 0 ? Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, left - 8)) >> (8 * (8 - left)) : ShortKey(ref at, left);
        v3 ^= last;
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= last;

        v2 ^= 0xff;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    /// <summary>One to seven bytes, the first one lowest; those that are read twice meet themselves.</summary>
    private static ulong ShortKey(ref byte at, int length)
    {
        if (length >= 4)
        {
            ulong low = Unsafe.ReadUnaligned<uint>(ref at);
            ulong high = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref at, length - 4));
            return low | (high << (8 * (length - 4)));
        }

        int middle = length >> 1;
        return at | ((ulong)Unsafe.Add(ref at, middle) << (8 * middle)) | ((ulong)Unsafe.Add(ref at, length - 1) << (8 * (length - 1)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v2 += v3;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
