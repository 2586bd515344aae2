namespace Keyway.Protocol.Tests;

public sealed class BufferPoolTests
{
    [Theory]
    [InlineData(0, 4096)]
    [InlineData(1, 4096)]
    [InlineData(4096, 4096)]
    [InlineData(4097, 8192)]
    [InlineData(65536, 65536)]
    [InlineData(1_000_000, 1 << 20)]
    [InlineData(1 << 20, 1 << 20)]
    [InlineData((1 << 20) + 1, (1 << 20) + 1)]
    public void Sizes_are_powers_of_two_up_to_1_MB(int atLeast, int size) => Assert.Equal(size, new BufferPool(0).Rent(atLeast).Length);

    [Fact]
    public void A_returned_buffer_is_rented_again()
    {
        var pool = new BufferPool(1 << 20);
        byte[] first = pool.Rent(5000);
        pool.Return(first);

        Assert.Equal(8192, pool.KeptBytes);
        Assert.NotSame(first, pool.Rent(4096));
        Assert.Same(first, pool.Rent(8192));
        Assert.Equal(0, pool.KeptBytes);
        Assert.NotSame(first, pool.Rent(8192));
    }

    [Fact]
    public void What_is_kept_is_bounded_over_all_sizes()
    {
        var pool = new BufferPool(20_000);
        foreach (int size in new[] { 8192, 4096, 8192, 4096, 16384 }) pool.Return(new byte[size]);

        Assert.Equal(8192 + 4096 + 4096, pool.KeptBytes);
    }

    [Fact]
    public void Arrays_of_other_sizes_are_left_to_the_collector()
    {
        var pool = new BufferPool(int.MaxValue);
        foreach (int size in new[] { 0, 1, 2048, 5000, (1 << 20) + 1, 1 << 21 }) pool.Return(new byte[size]);

        Assert.Equal(0, pool.KeptBytes);
    }

    [Fact]
    public void A_poisoned_pool_spoils_what_is_read_after_its_return()
    {
        var pool = new BufferPool(1 << 20, poison: true);
        byte[] buffer = pool.Rent(4096);
        buffer.AsSpan().Fill(1);
        pool.Return(buffer);

        Assert.All(buffer, b => Assert.Equal(0xDD, b));
    }

    [Fact]
    public void A_poisoned_pool_refuses_a_second_return()
    {
        var pool = new BufferPool(1 << 20, poison: true);
        byte[] buffer = pool.Rent(4096);
        pool.Return(pool.Rent(4096));
        pool.Return(buffer);

        Assert.Throws<InvalidOperationException>(() => pool.Return(buffer));
    }

    [Fact]
    public void A_poisoned_pool_finds_who_wrote_after_the_return()
    {
        var pool = new BufferPool(1 << 20, poison: true);
        byte[] buffer = pool.Rent(4096);
        pool.Return(buffer);
        buffer[17] = 3;

        Assert.Throws<InvalidOperationException>(() => pool.Rent(4096));
    }
}
