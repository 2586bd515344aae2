using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Rdb;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Rdb;

public sealed class RdbValueReaderTests : IDisposable
{
    private readonly TestShard _shard = new();
    private readonly SimulatedPeer _peer;
    private readonly RdbValueReader _reader;

    public RdbValueReaderTests()
    {
        _peer = _shard.Connect();
        _reader = new RdbValueReader(_shard.Server.Databases.Values, _shard.Server.Settings);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_value_may_come_in_pieces_of_any_size(int seed)
    {
        var values = new RandomValues(seed);
        var random = new Random(seed);
        for (int i = 0; i < 120; i++)
        {
            foreach (string[] command in values.Commands("k")) Call(command);
            byte[] dump = DumpMaker.Unseal(Encoding.Latin1.GetBytes(Call("DUMP", "k").Text));
            string expected = ValueText.Of("k", Call);

            // Byte by byte, or in pieces that know nothing of what is in them.
            foreach (int most in (int[])[1, 7, 500, int.MaxValue])
            {
                if (most == 1 && dump.Length > 3000) continue;
                Feed(dump, random, most);
                Assert.Equal(expected, ValueText.Of("back", Call));
                Call("DEL", "back");
            }

            Call("DEL", "k");
        }
    }

    [Fact]
    public void What_is_given_up_halfway_leaves_nothing()
    {
        var values = new RandomValues(3);
        for (int i = 0; i < 100; i++)
        {
            foreach (string[] command in values.Commands("k")) Call(command);
            byte[] dump = DumpMaker.Unseal(Encoding.Latin1.GetBytes(Call("DUMP", "k").Text));
            _shard.Network.Advance(TimeSpan.FromSeconds(1));
            long before = _shard.Server.Databases.Memory.UsedBytes;
            for (int end = 1; end < dump.Length; end += 1 + (dump.Length / 20))
            {
                Assert.True(_reader.TryBegin(dump[0]));
                Assert.Equal(RdbReadStatus.Incomplete, _reader.Read(dump.AsSpan(1, end - 1), out int consumed));
                Assert.InRange(_reader.Needed, end - consumed, long.MaxValue);
                _reader.Discard();
            }

            _shard.Network.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(before, _shard.Server.Databases.Memory.UsedBytes);
            Call("DEL", "k");
        }
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(20)]
    [InlineData(255)]
    public void Other_types_are_not_known(int type) => Assert.False(_reader.TryBegin((byte)type));

    public void Dispose() => _shard.Dispose();

    private void Feed(byte[] dump, Random random, int most)
    {
        Database database = _shard.Server.Databases[0];
        Assert.True(_reader.TryBegin(dump[0]));
        int start = 1;
        int end = 1;
        while (true)
        {
            // As a loader does: what was not consumed stays, and more comes behind it.
            end = (int)Math.Min(dump.Length, end + (most == int.MaxValue ? most - 1L - end : random.Next(1, most + 1)));
            ReadOnlySpan<byte> input = dump.AsSpan(start, end - start);
            RdbReadStatus status = _reader.Read(input, out int consumed);
            if (status == RdbReadStatus.Complete)
            {
                _reader.Store(input, database, database.Find("back"u8), Database.NoExpiry);
                Assert.Equal(dump.Length, start + consumed);
                return;
            }

            Assert.Equal(RdbReadStatus.Incomplete, status);
            Assert.True(end < dump.Length);
            start += consumed;
        }
    }

    private RespValue Call(params string[] command) =>
        RespValue.Parse(Encoding.Latin1.GetBytes(_shard.Send(_peer, Encoding.Latin1.GetString(RespClient.Encode(command)))));
}
