using FsCheck;
using FsCheck.Fluent;
using Keyway.Shard.Eviction;

namespace Keyway.Shard.Tests.Eviction;

public sealed class EvictionPoolTests
{
    [Fact]
    public void The_best_sixteen_come_out_best_first() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), Check).QuickCheckThrowOnFailure();

    [Fact]
    public void A_key_has_one_place_however_often_it_is_sampled_and_however_long_it_is()
    {
        var pool = new EvictionPool();
        byte[] longKey = new byte[5000];
        for (int i = 0; i < 40; i++) pool.Add(2, longKey, 7);
        pool.Add(3, longKey, 6);
        pool.Add(2, [], 5);

        Assert.True(pool.TryTake(out int database, out ReadOnlySpan<byte> key) && database == 2 && key.SequenceEqual(longKey));
        Assert.True(pool.TryTake(out database, out _) && database == 3);
        Assert.True(pool.TryTake(out database, out key) && database == 2 && key.IsEmpty);
        Assert.False(pool.TryTake(out _, out _));
    }

    private static void Check(byte[] scores)
    {
        var pool = new EvictionPool();
        for (int i = 0; i < scores.Length; i++) pool.Add(i, [(byte)i], scores[i]);

        var taken = new List<byte>();
        while (pool.TryTake(out int database, out ReadOnlySpan<byte> key))
        {
            Assert.Equal([(byte)database], key.ToArray());
            taken.Add(scores[database]);
        }

        Assert.Equal(scores.OrderDescending().Take(EvictionPool.Size), taken);
    }
}
