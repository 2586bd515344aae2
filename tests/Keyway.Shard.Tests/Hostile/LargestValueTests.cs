using Keyway.Platform.Simulation;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Tests.Hostile;

/// <summary>The largest value there may be comes and goes.</summary>
public sealed class LargestValueTests
{
    [Fact]
    public void Half_a_gigabyte_is_given_back_whichever_way_it_goes_and_not_by_the_loop()
    {
        using var shard = new TestShard("--save", "");
        SimulatedPeer client = shard.Connect();
        SlabAllocator memory = shard.Server.Databases.Memory;
        shard.Call(client, "SET other value");
        long used = memory.UsedBytes;
        foreach (string end in (string[])["DEL large", "UNLINK large", "SET large small", "RENAME other large", "FLUSHALL"])
        {
            Assert.Equal(":536870912\r\n", shard.Call(client, "SETRANGE large 536870911 x"));
            Assert.Equal(":536870912\r\n", shard.Call(client, "STRLEN large"));
            Assert.True(memory.UsedBytes > used + 512 * 1024 * 1024);

            shard.Call(client, end);

            // Another thread gives it to the system; here it is not counted any more.
            Assert.InRange(memory.UsedBytes, 0, used + (64 * 1024));
            Assert.NotEqual(":536870912\r\n", shard.Call(client, "STRLEN large"));
        }
    }
}
