using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Shard.Persistence.Journal;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Tests.Persistence.Journal;

/// <summary>A journal says where in a history of writes it stands, so that a server that comes back need not begin anew.</summary>
public sealed class JournalPositionTests
{
    private static readonly string Id = new('c', 40);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(long.MaxValue, int.MaxValue)]
    public void What_was_written_is_read_again(long offset, int database)
    {
        var position = new ReplicationPoint(database, Id, offset);
        var line = new byte[JournalPosition.LongestLine];
        int length = JournalPosition.Format(position, line);

        Assert.True(JournalPosition.TryParse(line.AsSpan(0, length), out ReplicationPoint read));
        Assert.Equal(position, read);
        Assert.True(JournalPosition.TryFindAtEnd([.. "*1\r\n$4\r\nPING\r\n"u8, .. line.AsSpan(0, length)], out read));
        Assert.Equal(position, read);
        for (int cut = 0; cut < length; cut++) Assert.False(JournalPosition.TryParse(line.AsSpan(0, cut), out _));
    }

    [Theory]
    [InlineData("#TS:1795180269\r\n")]
    [InlineData("#AT:cccc:12:0\r\n")]
    [InlineData("#AT:cccccccccccccccccccccccccccccccccccccccg:12:0\r\n")]
    [InlineData("#AT:cccccccccccccccccccccccccccccccccccccccc:12\r\n")]
    [InlineData("#AT:cccccccccccccccccccccccccccccccccccccccc:-1:0\r\n")]
    [InlineData("#AT:cccccccccccccccccccccccccccccccccccccccc:1:0 \r\n")]
    [InlineData("#AT:cccccccccccccccccccccccccccccccccccccccc:99999999999999999999:0\r\n")]
    public void Other_lines_say_nothing_of_it(string line) => Assert.False(JournalPosition.TryParse(Encoding.ASCII.GetBytes(line), out _));

    [Fact]
    public void A_master_that_was_killed_goes_on_from_its_history_under_another_name()
    {
        var disk = new SimulatedDisk(seed: 1);
        using var shard = new JournaledShard(disk, []);
        SimulatedPeer client = shard.Connect();
        shard.CountHistory();
        for (int i = 0; i < 20; i++) shard.Call(client, "SET", $"key:{i}", "value");
        string id = shard.Server.History.Id;
        long offset = shard.Server.History.Offset;

        shard.KillAndRestart();

        Assert.Equal((id, offset, offset + 1), (shard.Server.History.FormerId, shard.Server.History.Offset, shard.Server.History.FormerEnd));
        Assert.NotEqual(id, shard.Server.History.Id);
        Assert.NotNull(shard.Server.History.Log);
    }

    [Fact]
    public void It_is_there_when_the_journal_was_just_written_anew()
    {
        var disk = new SimulatedDisk(seed: 1);
        using var shard = new JournaledShard(disk, []);
        SimulatedPeer client = shard.Connect();
        shard.CountHistory();
        for (int i = 0; i < 20; i++) shard.Call(client, "SET", $"key:{i}", "value");
        shard.Call(client, "BGREWRITEAOF");
        shard.PassMs(2000);
        string id = shard.Server.History.Id;
        long offset = shard.Server.History.Offset;

        shard.KillAndRestart();

        Assert.Equal((id, offset), (shard.Server.History.FormerId, shard.Server.History.Offset));
    }

    [Fact]
    public void What_stands_behind_it_takes_it_back()
    {
        // As when the machine has lost its power in the middle of a write.
        var disk = new SimulatedDisk(seed: 1);
        using var shard = new JournaledShard(disk, []);
        SimulatedPeer client = shard.Connect();
        shard.CountHistory();
        shard.Call(client, "SET", "key", "value");
        shard.Call(client, "SET", "key", "another");
        string name = disk.FilesIn(JournaledShard.JournalFolder).Single(file => file.EndsWith("incr.aof", StringComparison.Ordinal));
        string content = shard.ContentOf(name);
        using (Platform.Disks.DiskFile file = disk.OpenForAppend($"{JournaledShard.JournalFolder}/{name}")) file.Truncate(content.LastIndexOf('#'));

        shard.KillAndRestart();

        Assert.Equal("$7\r\nanother\r\n", shard.Call(shard.Connect(), "GET", "key"));
        Assert.Null(shard.Server.History.Log);
    }

    [Fact]
    public void Where_nothing_is_counted_nothing_is_said()
    {
        var disk = new SimulatedDisk(seed: 1);
        using var shard = new JournaledShard(disk, []);
        shard.Call(shard.Connect(), "SET", "key", "value");
        Assert.DoesNotContain("#", string.Concat(disk.FilesIn(JournaledShard.JournalFolder).Where(name => name.EndsWith("incr.aof", StringComparison.Ordinal)).Select(shard.ContentOf)));
    }
}
