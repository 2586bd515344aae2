using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Tests.Keyspace;

public sealed unsafe class SlabAllocatorTests
{
    [Fact]
    public void Every_size_has_the_smallest_class_that_holds_it_and_wastes_at_most_an_eighth_or_seven_bytes()
    {
        for (int bytes = 1; bytes <= SizeClasses.Largest; bytes++)
        {
            int sizeClass = SizeClasses.ClassOf(bytes);
            Assert.True(SizeClasses.SizeOf(sizeClass) >= bytes);
            Assert.True(sizeClass == 0 || SizeClasses.SizeOf(sizeClass - 1) < bytes);
            Assert.True(SizeClasses.SizeOf(sizeClass) - bytes <= Math.Max(7, bytes / 8));
            Assert.Equal(0, SizeClasses.SizeOf(sizeClass) % 8);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Blocks_never_overlap_and_what_is_used_is_known_to_the_byte(int seed)
    {
        var random = new Random(seed);
        using var memory = new SlabAllocator();
        var blocks = new List<(nint Block, int Bytes, byte Fill)>();
        long expected = 0;

        for (int step = 0; step < 40_000; step++)
        {
            // Long phases of growing and shrinking, so that slabs and regions come and go.
            bool grows = random.Next(100) < (step / 5000 % 2 == 0 ? 70 : 30);
            if (grows || blocks.Count == 0)
            {
                int bytes = random.Next(10) switch { 0 => random.Next(1, 100_000), < 4 => random.Next(1, 9000), _ => random.Next(1, 300) };
                long before = memory.UsedBytes;
                byte* block = memory.Allocate(bytes);
                var fill = (byte)random.Next(256);
                new Span<byte>(block, bytes).Fill(fill);
                blocks.Add(((nint)block, bytes, fill));
                expected += memory.UsedBytes - before;
                Assert.True(memory.UsedBytes - before >= bytes);
                Assert.Equal(0, (nint)block % 8);
            }
            else
            {
                int index = random.Next(blocks.Count);
                (nint block, int bytes, byte fill) = blocks[index];
                Assert.Equal(-1, new Span<byte>((byte*)block, bytes).IndexOfAnyExcept(fill));
                long before = memory.UsedBytes;
                memory.Free((byte*)block, bytes);
                expected -= before - memory.UsedBytes;
                blocks[index] = blocks[^1];
                blocks.RemoveAt(blocks.Count - 1);
            }

            Assert.True(memory.ReservedBytes >= memory.UsedBytes);
        }

        Assert.Equal(expected, memory.UsedBytes);
        foreach ((nint block, int bytes, byte fill) in blocks)
        {
            Assert.Equal(-1, new Span<byte>((byte*)block, bytes).IndexOfAnyExcept(fill));
            memory.Free((byte*)block, bytes);
        }

        Assert.Equal(0, memory.UsedBytes);
    }

    [Fact]
    public void Memory_that_a_burst_needed_goes_back_to_the_system()
    {
        using var memory = new SlabAllocator();
        var blocks = new nint[200_000];
        for (int i = 0; i < blocks.Length; i++) blocks[i] = (nint)memory.Allocate(120);
        long atPeak = memory.ReservedBytes;
        foreach (nint block in blocks) memory.Free((byte*)block, 120);

        Assert.Equal(0, memory.UsedBytes);
        Assert.True(atPeak > 20_000_000);
        Assert.True(memory.ReservedBytes <= 2 * 1024 * 1024);
    }

    [Fact]
    public void A_whole_slab_is_zeroed_even_when_it_was_used_before()
    {
        using var memory = new SlabAllocator();
        byte* first = memory.AllocateSlab();
        new Span<byte>(first, SlabAllocator.SlabBytes).Fill(7);
        memory.FreeSlab(first);
        byte* second = memory.AllocateSlab();

        Assert.Equal(-1, new Span<byte>(second, SlabAllocator.SlabBytes).IndexOfAnyExcept((byte)0));
        memory.FreeSlab(second);
        Assert.Equal(0, memory.UsedBytes);
    }
}
