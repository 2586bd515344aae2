using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Tests.Keyspace;

public sealed unsafe class FreeingThreadTests
{
    [Fact]
    public void Large_blocks_are_accounted_for_at_once_and_freed_by_another_thread()
    {
        using var memory = new SlabAllocator();
        var blocks = new nint[40];
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < blocks.Length; i++) blocks[i] = (nint)memory.Allocate(200_000 + i);
            foreach ((int i, nint block) in blocks.Index()) memory.Free((byte*)block, 200_000 + i);

            Assert.Equal(0, memory.UsedBytes);
            Assert.Equal(0, memory.ReservedBytes);
            memory.BeginTurn();
        }

        Assert.True(SpinWait.SpinUntil(() => memory.BytesBeingFreed == 0, TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void What_comes_after_the_end_is_freed_where_it_comes()
    {
        var freeing = new FreeingThread();
        freeing.Free((byte*)System.Runtime.InteropServices.NativeMemory.Alloc(100), 100);
        freeing.Dispose();
        Assert.True(SpinWait.SpinUntil(() => freeing.PendingBytes == 0, TimeSpan.FromSeconds(20)));

        freeing.Free((byte*)System.Runtime.InteropServices.NativeMemory.Alloc(100), 100);
        Assert.Equal(0, freeing.PendingBytes);
    }
}
