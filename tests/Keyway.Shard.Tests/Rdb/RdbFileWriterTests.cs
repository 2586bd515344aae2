using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Digests;
using Keyway.Shard.Keyspace.Snapshots;
using Keyway.Shard.Rdb;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Rdb;

public sealed class RdbFileWriterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Holds_values_of_any_size_as_they_were_while_they_change(int seed)
    {
        using var shard = new TestShard("--save", "");
        SimulatedPeer peer = shard.Connect();
        var changes = new RandomChanges(seed);
        var random = new Random(seed);
        Fill(shard, peer, changes);

        for (int round = 0; round < 3; round++)
        {
            Digest expected = ValueDigest.OfAll(shard.Server.Databases);
            byte[] file = Write(shard, peer, changes, random);
            Assert.Equal(expected.ToString(), ValueDigest.OfAll(Load(file, random).Server.Databases).ToString());
        }
    }

    [Fact]
    public void What_is_held_is_let_go_when_the_snapshot_is_given_up()
    {
        using var shard = new TestShard("--save", "");
        SimulatedPeer peer = shard.Connect();
        var changes = new RandomChanges(7);
        Fill(shard, peer, changes);
        for (int round = 0; round < 10; round++)
        {
            var writer = new RdbFileWriter(shard.Server.Databases, new RdbFileOptions(), new GatheringSink(), () => false);
            Snapshot snapshot = shard.Server.Databases.BeginSnapshot(writer);
            for (int i = 0; i < 200 * round; i++) Call(shard, peer, changes.Next());
            snapshot.Walk(100_000 * round);
            Call(shard, peer, ["FLUSHALL"]);
            snapshot.GiveUp();
            while (snapshot.Walk(1000)) { }
            Fill(shard, peer, changes);
        }

        Call(shard, peer, ["FLUSHALL"]);
        shard.Network.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(shard.Server.Databases.Memory.Holder);
        Assert.Equal(0, shard.Server.Databases.PendingReleases);
        Assert.InRange(shard.Server.Databases.Memory.UsedBytes, 0, 200_000);
    }

    [Fact]
    public void A_file_that_is_written_while_values_change_gives_its_memory_back()
    {
        using var shard = new TestShard("--save", "");
        SimulatedPeer peer = shard.Connect();
        var changes = new RandomChanges(8);
        Fill(shard, peer, changes);
        Write(shard, peer, changes, new Random(8));
        Call(shard, peer, ["FLUSHALL"]);
        shard.Network.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(shard.Server.Databases.Memory.Holder);
        Assert.InRange(shard.Server.Databases.Memory.UsedBytes, 0, 200_000);
    }

    [Fact]
    public void A_step_writes_no_more_than_a_part_of_a_large_value()
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();
        foreach (string[] command in new RandomChanges(9).Large()) Call(shard, peer, command);
        var writer = new RdbFileWriter(shard.Server.Databases, new RdbFileOptions { Packs = false }, new GatheringSink(), () => false);
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
    public void Long_strings_are_packed_in_parts_while_they_change()
    {
        using var shard = new TestShard("--save", "");
        SimulatedPeer peer = shard.Connect();
        Call(shard, peer, ["SET", "even", new string('a', 1_000_000)]);
        string noise = Noise(300_000);
        Call(shard, peer, ["SET", "noise", noise]);
        Digest expected = ValueDigest.OfAll(shard.Server.Databases);
        var sink = new GatheringSink();
        var writer = new RdbFileWriter(shard.Server.Databases, new RdbFileOptions { Packs = true }, sink, () => false);
        Snapshot snapshot = shard.Server.Databases.BeginSnapshot(writer);
        writer.Begin();
        for (int i = 0; snapshot.Walk(1); i++)
        {
            Call(shard, peer, ["SETRANGE", "even", $"{i * 37_000 % 1_000_000}", "changed"]);
            Call(shard, peer, ["SETRANGE", "noise", $"{i * 37_000 % 300_000}", "changed"]);
        }

        Assert.Equal(expected.ToString(), ValueDigest.OfAll(Load(sink.Bytes, new Random(1)).Server.Databases).ToString());
        Assert.InRange(sink.Bytes.Length, 300_000, 330_000);
    }

    // Nothing that could be packed.
    private static string Noise(int length)
    {
        byte[] bytes = new byte[length];
        new Random(3).NextBytes(bytes);
        return Encoding.Latin1.GetString(bytes);
    }

    internal static void Fill(TestShard shard, SimulatedPeer peer, RandomChanges changes)
    {
        foreach (string[] command in changes.Large()) Call(shard, peer, command);
        for (int i = 0; i < 200; i++) Call(shard, peer, changes.Next());
    }

    internal static string Call(TestShard shard, SimulatedPeer peer, string[] command) =>
        shard.Send(peer, Encoding.Latin1.GetString(RespClient.Encode(command)));

    private static byte[] Write(TestShard shard, SimulatedPeer peer, RandomChanges changes, Random random)
    {
        var sink = new GatheringSink();
        bool isFull = false;
        var writer = new RdbFileWriter(shard.Server.Databases, new RdbFileOptions { Packs = random.Next(2) == 0 }, sink, () => isFull);
        Snapshot snapshot = shard.Server.Databases.BeginSnapshot(writer);
        writer.Begin();
        do
        {
            for (int i = random.Next(12); i > 0; i--) Call(shard, peer, changes.Next());
            isFull = random.Next(5) == 0;
        }
        while (snapshot.Walk(random.Next(40_000)));

        return sink.Bytes;
    }

    private static TestShard Load(byte[] file, Random random)
    {
        var other = new TestShard();
        var loader = new RdbLoader(other.Server.Databases, other.Server.Settings, new RdbLoadOptions());
        int at = 0;
        while (at < file.Length)
        {
            int piece = Math.Min(random.Next(1, random.Next(2) == 0 ? 20 : 20_000), file.Length - at);
            Assert.Equal(piece, loader.Feed(file.AsSpan(at, piece)));
            at += piece;
        }

        Assert.True(loader.IsComplete);
        return other;
    }
}
