using Keyway.Platform.Disks;
using Keyway.Platform.Simulation;
using Keyway.Shard.Tests.Persistence.Journal;

namespace Keyway.Shard.Tests.Persistence;

public sealed class QuietEndTests
{
    [Theory]
    [InlineData("always")]
    [InlineData("everysec")]
    [InlineData("no")]
    public void What_was_written_is_on_the_disk_before_the_server_ends_beside_others(string policy)
    {
        using var shard = new JournaledShard(new SimulatedDisk(seed: 1), ["--appendfsync", policy], () => 10);
        SimulatedPeer client = shard.Connect();
        JournaledShard.Send(client, "SET", "a", "1");
        JournaledShard.Send(client, "BGREWRITEAOF");
        shard.Network.RunUntilIdle();
        bool isDone = false;
        shard.Server.StopBesideOthers(() => isDone = true);
        shard.PassMs(5);
        Assert.False(isDone);
        Assert.False(shard.Server.IsStopped);
        JournaledShard.Send(client, "SET", "late", "1");
        shard.PassMs(200);
        Assert.True(isDone && shard.Server.IsStopped && client.IsClosed);

        shard.CrashAndRestart();
        Assert.Equal("$1\r\n1\r\n", shard.Ask("GET", "a"));
        Assert.Equal("$-1\r\n", shard.Ask("GET", "late"));
    }

    [Fact]
    public void A_disk_that_refuses_keeps_nobody_from_ending()
    {
        using var shard = new JournaledShard(new SimulatedDisk(seed: 1), ["--appendfsync", "always"], () => 10);
        JournaledShard.Send(shard.Connect(), "SET", "a", "1");
        shard.Disk.Fault = static (call, path) => new DiskException(call, path, "Input/output error");
        shard.Network.RunUntilIdle();
        bool isDone = false;
        shard.Server.StopBesideOthers(() => isDone = true);
        shard.PassMs(200);
        Assert.True(isDone);
    }

    [Theory]
    [InlineData("")]
    [InlineData("BGSAVE")]
    public void Save_points_have_a_last_file_written(string before)
    {
        var disk = new SimulatedDisk(seed: 1);
        using var shard = new TestShard(disk, "--save", "3600 1");
        SimulatedPeer client = shard.Connect();
        for (int i = 0; i < 3000; i++) shard.Call(client, $"SET k{i} v");
        if (before.Length > 0) shard.Call(client, before);
        shard.Call(client, "SET last v");
        bool isDone = false;
        shard.Server.StopBesideOthers(() => isDone = true);
        shard.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.True(isDone);
        disk.Crash();
        using var other = new TestShard(disk, "--save", "");
        other.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(":3001\r\n", other.Call(other.Connect(), "DBSIZE"));
    }
}
