using Keyway.Platform.Simulation;
using Keyway.Protocol;
using Keyway.Shard.Keyspace.Digests;
using Keyway.Shard.Keyspace.Snapshots;
using Keyway.Shard.Persistence.Journal;
using Keyway.Shard.Tests.Rdb;

namespace Keyway.Shard.Tests.Persistence.Journal;

public sealed class CommandBaseWriterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Commands_bring_back_values_of_any_size_as_they_were_while_they_change(int seed)
    {
        using var shard = new TestShard("--save", "");
        SimulatedPeer peer = shard.Connect();
        var changes = new RandomChanges(seed);
        var random = new Random(seed);
        RdbFileWriterTests.Fill(shard, peer, changes);
        for (int round = 0; round < 3; round++)
        {
            Digest expected = ValueDigest.OfAll(shard.Server.Databases);
            var sink = new GatheringSink();
            bool isFull = false;
            var writer = new CommandBaseWriter(shard.Server, sink, () => isFull);
            Snapshot snapshot = shard.Server.Databases.BeginSnapshot(writer);
            writer.Begin();
            do
            {
                for (int i = random.Next(12); i > 0; i--) RdbFileWriterTests.Call(shard, peer, changes.Next());
                isFull = random.Next(5) == 0;
            }
            while (snapshot.Walk(random.Next(40_000)));

            using TestShard other = Load(sink.Bytes);
            Assert.Equal(expected.ToString(), ValueDigest.OfAll(other.Server.Databases).ToString());
            Assert.Equal(0, writer.WaitingBytes);
        }
    }

    [Fact]
    public void A_step_writes_no_more_than_a_part_of_a_large_value()
    {
        using var shard = new TestShard("--save", "");
        SimulatedPeer peer = shard.Connect();
        foreach (string[] command in new RandomChanges(9).Large()) RdbFileWriterTests.Call(shard, peer, command);
        var writer = new CommandBaseWriter(shard.Server, new GatheringSink(), () => false);
        Snapshot snapshot = shard.Server.Databases.BeginSnapshot(writer);
        bool goesOn = true;
        while (goesOn)
        {
            long before = writer.WrittenBytes;
            goesOn = snapshot.Walk(4096);
            Assert.InRange(writer.WrittenBytes - before, 0, 4096 + (80 * 1024));
        }
    }

    [Fact]
    public void What_is_held_is_let_go_when_the_snapshot_is_given_up()
    {
        using var shard = new TestShard("--save", "");
        SimulatedPeer peer = shard.Connect();
        foreach (string[] command in new RandomChanges(7).Large()) RdbFileWriterTests.Call(shard, peer, command);
        Snapshot snapshot = shard.Server.Databases.BeginSnapshot(new CommandBaseWriter(shard.Server, new GatheringSink(), () => false));
        snapshot.Walk(100_000);
        RdbFileWriterTests.Call(shard, peer, ["FLUSHALL"]);
        snapshot.GiveUp();
        while (snapshot.Walk(1000)) { }
        shard.Server.ReleaseSoon();
        shard.Network.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(shard.Server.Databases.Memory.Holder);
        Assert.InRange(shard.Server.Databases.Memory.UsedBytes, 0, 200_000);
    }

    private static TestShard Load(byte[] commands)
    {
        var other = new TestShard("--save", "");
        ClientSession stream = ClientSession.ForStream(other.Server);
        var reader = new RequestReader { Limits = new RequestLimits(int.MaxValue, long.MaxValue) };
        for (int at = 0; at < commands.Length; at += reader.Consumed)
        {
            Assert.Equal(RequestStatus.Complete, reader.Read(commands.AsSpan(at)));
            Assert.True(other.Server.Dispatcher.Replay(stream, reader.Arguments(commands.AsSpan(at))));
        }

        return other;
    }
}
