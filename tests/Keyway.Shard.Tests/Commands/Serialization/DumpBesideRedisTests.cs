using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Shard.Tests.Rdb;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands.Serialization;

/// <summary>Values go back and forth between a shard and a real server as dumps.</summary>
public sealed class DumpBesideRedisTests : IDisposable
{
    private readonly TestShard _shard = new();
    private readonly SimulatedPeer _peer;
    private readonly RedisServer? _redis;
    private readonly RespClient? _client;

    public DumpBesideRedisTests()
    {
        _peer = _shard.Connect();
        if (RedisServer.Unavailable is not null) return;
        _redis = RedisServer.Start();
        _client = _redis.Connect();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Each_takes_what_the_other_dumps(int seed)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        var values = new RandomValues(seed);
        int same = 0;
        const int Values = 250;
        for (int i = 0; i < Values; i++)
        {
            foreach (string[] command in values.Commands("k")) Ours(command);
            string dump = Ours(["DUMP", "k"]).Text;
            Assert.Equal("OK", Real(["RESTORE", "k", "0", dump]).Text);
            string expected = ValueText.Of("k", Ours);
            Assert.Equal(expected, ValueText.Of("k", Real));

            string dumpBack = Real(["DUMP", "k"]).Text;
            Assert.Equal("OK", Ours(["RESTORE", "back", "0", dumpBack]).Text);
            Assert.Equal(expected, ValueText.Of("back", Ours));
            if (dump == dumpBack) same++;
            Ours(["DEL", "k", "back"]);
            Real(["DEL", "k"]);
        }

        // All but what has no order, is cut in pieces elsewhere, or is packed by another table's chance.
        Assert.InRange(same, Values / 2, Values);
    }

    [Fact]
    public void Changed_settings_change_what_a_value_becomes()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        var values = new RandomValues(7);
        string[] settings =
        [
            "CONFIG", "SET", "hash-max-listpack-entries", "5", "hash-max-listpack-value", "10", "zset-max-listpack-entries", "5", "zset-max-listpack-value", "10",
            "set-max-intset-entries", "5", "list-max-listpack-size", "4",
        ];
        foreach (string[] change in (string[][])[[], settings])
        {
            if (change.Length > 0)
            {
                Ours(change);
                Real(change);
            }

            for (int i = 0; i < 150; i++)
            {
                // Made under one setting, taken under another.
                string bytes = $"{i % 3 * 40}";
                Real(["CONFIG", "SET", "hash-max-listpack-value", bytes, "zset-max-listpack-value", bytes, "hash-max-listpack-entries", $"{i % 4 * 20}"]);
                foreach (string[] command in values.Commands("k")) Real(command);
                string dump = Real(["DUMP", "k"]).Text;
                Real(["CONFIG", "SET", "hash-max-listpack-value", "64", "zset-max-listpack-value", "64", "hash-max-listpack-entries", "30"]);
                Ours(["CONFIG", "SET", "hash-max-listpack-value", "64", "zset-max-listpack-value", "64", "hash-max-listpack-entries", "30"]);
                Assert.Equal("OK", Real(["RESTORE", "copy", "0", dump]).Text);
                Assert.Equal("OK", Ours(["RESTORE", "copy", "0", dump]).Text);
                Assert.Equal(ValueText.Of("copy", Real), ValueText.Of("copy", Ours));
                Ours(["DEL", "copy"]);
                Real(["DEL", "k", "copy"]);
            }
        }
    }

    public void Dispose()
    {
        _shard.Dispose();
        _client?.Dispose();
        _redis?.Dispose();
    }

    private RespValue Real(string[] command) => _client!.Call(command);

    private RespValue Ours(string[] command) =>
        RespValue.Parse(Encoding.Latin1.GetBytes(_shard.Send(_peer, Encoding.Latin1.GetString(RespClient.Encode(command)))));
}
