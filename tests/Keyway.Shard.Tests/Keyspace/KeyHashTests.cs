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
}
