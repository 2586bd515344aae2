using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Keyway.Protocol;
using Keyway.Shard.Keyspace.HyperLogLogs;
using Xunit;

namespace Keyway.Shard.Tests.Keyspace.HyperLogLogs;

public class HyperLogLogTests
{
    [Fact]
    public void Sparse_and_dense_registers_hold_the_largest_value_that_each_was_given()
    {
        Gen<(int, int)[]> raises = Gen.Zip(Gen.OneOf(Gen.Choose(0, 40), Gen.Choose(0, HyperLogLog.Registers - 1)), Gen.Choose(1, 32)).ArrayOf();
        Prop.ForAll(raises.ToArbitrary(), given =>
        {
            var pool = new BufferPool(1024 * 1024);
            using var value = new HyperLogLogBuffer(pool, 3000);
            value.LoadEmpty();
            var expected = new byte[HyperLogLog.Registers];
            foreach ((int index, int rank) in given)
            {
                Assert.True(value.TryRaise(index, rank, out bool isRaised));
                Assert.Equal(rank > expected[index], isRaised);
                expected[index] = (byte)Math.Max(expected[index], rank);
            }

            Assert.Equal(expected, RegistersOf(value.Bytes));
            Assert.True(value.TryMakeDense());
            Assert.Equal(expected, RegistersOf(value.Bytes));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Becomes_dense_when_it_would_grow_past_the_limit_and_for_a_rank_that_no_run_holds()
    {
        var pool = new BufferPool(1024 * 1024);
        using var grown = new HyperLogLogBuffer(pool, 100);
        grown.LoadEmpty();
        for (int i = 0; !grown.IsDense; i++)
        {
            Assert.InRange(grown.Bytes.Length, HyperLogLog.EmptyBytes, 100);
            grown.TryRaise(i * 100, 1 + (i % 5), out _);
        }

        using var high = new HyperLogLogBuffer(pool, 3000);
        high.LoadEmpty();
        high.TryRaise(5, 32, out _);
        Assert.False(high.IsDense);
        high.TryRaise(5, 33, out bool isRaised);
        Assert.True(high.IsDense && isRaised);
        Assert.Equal(33, RegistersOf(high.Bytes)[5]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(10_000)]
    [InlineData(500_000)]
    public void Estimates_within_a_few_standard_errors(int elements)
    {
        var registers = new byte[HyperLogLog.Registers];
        for (int i = 0; i < elements; i++)
        {
            int index = HyperLogLog.RegisterOf(Encoding.ASCII.GetBytes($"element:{i}"), out int rank);
            registers[index] = (byte)Math.Max(registers[index], rank);
        }

        Assert.InRange((double)HyperLogLog.Estimate(registers), elements * 0.97, elements * 1.03);
    }

    [Fact]
    public void Damaged_runs_are_refused_and_never_read_past()
    {
        var pool = new BufferPool(1024 * 1024);
        using var value = new HyperLogLogBuffer(pool, 3000);
        value.LoadEmpty();
        for (int i = 0; i < 300; i++) value.TryRaise(i * 37 % HyperLogLog.Registers, 1 + (i % 32), out _);
        byte[] sound = value.Bytes.ToArray();

        var random = new System.Random(7);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] damaged = [.. sound];
            for (int flips = random.Next(1, 4); flips > 0; flips--) damaged[random.Next(HyperLogLog.HeaderBytes, damaged.Length)] = (byte)random.Next(256);
            if (random.Next(3) == 0) damaged = damaged[..random.Next(HyperLogLog.HeaderBytes, damaged.Length)];

            bool isWhole = HyperLogLog.TryMerge(damaged, new byte[HyperLogLog.Registers]);
            using var changed = new HyperLogLogBuffer(pool, 3000);
            changed.Load(damaged);
            Assert.Equal(isWhole, changed.TryMakeDense());
            using var raised = new HyperLogLogBuffer(pool, 3000);
            raised.Load(damaged);
            raised.TryRaise(random.Next(HyperLogLog.Registers), 1 + random.Next(40), out _);
        }
    }

    private static byte[] RegistersOf(ReadOnlySpan<byte> value)
    {
        var registers = new byte[HyperLogLog.Registers];
        Assert.True(HyperLogLog.TryMerge(value, registers));
        return registers;
    }
}
