using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Tests.Keyspace;

public sealed class KeyHashTests
{
    [Fact]
    public void Is_SipHash_1_3_of_the_published_test_key()
    {
        var hash = new KeyHash(0x0706050403020100, 0x0f0e0d0c0b0a0908);

        Assert.Equal(0xabac0158050fc4dcUL, hash.Of([]));
    }

    [Fact]
    public void Is_SipHash_1_3_of_keys_of_any_length()
    {
        var hash = new KeyHash(0x0706050403020100, 0x0f0e0d0c0b0a0908);
        for (int length = 0; length < 70; length++)
        {
            byte[] key = [.. Enumerable.Range(0, length).Select(i => (byte)(200 - (i * 7)))];
            Assert.Equal(Plain(0x0706050403020100, 0x0f0e0d0c0b0a0908, key), hash.Of(key));
        }
    }

    [Fact]
    public void Every_byte_and_the_length_count()
    {
        var hash = new KeyHash(1, 2);
        var seen = new HashSet<ulong>();
        for (int length = 0; length < 40; length++)
        {
            var key = new byte[length];
            Assert.True(seen.Add(hash.Of(key)));
            for (int i = 0; i < length; i++)
            {
                key[i] = 1;
                Assert.True(seen.Add(hash.Of(key)));
                key[i] = 0;
            }
        }
    }

    [Fact]
    public void Two_processes_do_not_share_a_secret() =>
        Assert.NotEqual(KeyHash.WithRandomSecret().Of("key"u8), KeyHash.WithRandomSecret().Of("key"u8));

    // The algorithm as it is published, word by word.
    private static ulong Plain(ulong k0, ulong k1, byte[] key)
    {
        ulong[] v = [k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573];
        byte[] padded = [.. key, .. new byte[7 - (key.Length % 8)], (byte)key.Length];
        for (int i = 0; i < padded.Length; i += 8)
        {
            ulong word = BitConverter.ToUInt64(padded, i);
            v[3] ^= word;
            Round(v);
            v[0] ^= word;
        }

        v[2] ^= 0xff;
        for (int i = 0; i < 3; i++) Round(v);
        return v[0] ^ v[1] ^ v[2] ^ v[3];
    }

    private static void Round(ulong[] v)
    {
        v[0] += v[1];
        v[1] = ulong.RotateLeft(v[1], 13) ^ v[0];
        v[0] = ulong.RotateLeft(v[0], 32);
        v[2] += v[3];
        v[3] = ulong.RotateLeft(v[3], 16) ^ v[2];
        v[0] += v[3];
        v[3] = ulong.RotateLeft(v[3], 21) ^ v[0];
        v[2] += v[1];
        v[1] = ulong.RotateLeft(v[1], 17) ^ v[2];
        v[2] = ulong.RotateLeft(v[2], 32);
    }
}
