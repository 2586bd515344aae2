using Keyway.Platform.Simulation;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands.Hashes;

/// <summary>What chance decides, and what no client may ask for.</summary>
public sealed class HashCommandTests : IDisposable
{
    private readonly TestShard _shard = new();
    private readonly SimulatedPeer _peer;

    public HashCommandTests() => _peer = _shard.Connect();

    [Theory]
    [InlineData(20)]
    [InlineData(1000)]
    public void A_positive_count_gives_different_fields_with_their_own_values(int fields)
    {
        Fill(fields);
        foreach (int count in (int[])[1, 2, fields / 4, fields / 2, fields - 1, fields, fields + 5])
        {
            RespValue reply = Call($"HRANDFIELD h {count} WITHVALUES");
            Assert.Equal(Math.Min(count, fields) * 2, reply.Count);
            var seen = new HashSet<string>();
            for (int i = 0; i < reply.Count; i += 2)
            {
                Assert.True(seen.Add(reply[i].Text));
                Assert.Equal("v" + reply[i].Text[1..], reply[i + 1].Text);
            }
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1000)]
    public void A_negative_count_gives_exactly_so_many_and_repeats(int fields)
    {
        Fill(fields);
        RespValue reply = Call("HRANDFIELD h -2500");
        Assert.Equal(2500, reply.Count);
        Assert.True(reply.Texts.Distinct().Count() <= fields);
        Assert.All(reply.Texts, field => Assert.Equal(1, Call($"HEXISTS h {field}").Integer));
    }

    [Theory]
    [InlineData("HRANDFIELD h -9223372036854775807")]
    [InlineData("HRANDFIELD h -4611686018427387903 WITHVALUES")]
    public void More_repetitions_than_anyone_could_read_are_refused(string command)
    {
        Fill(3);
        Assert.Equal("-ERR value is out of range\r\n", _shard.Call(_peer, command));
    }

    [Fact]
    public void Who_is_owed_too_much_is_let_go()
    {
        _shard.Call(_peer, $"HSET h f {new string('v', 1_000_000)}");
        Assert.Equal("", _shard.Call(_peer, "HRANDFIELD h -1000000 WITHVALUES"));
        Assert.Equal(":1\r\n", _shard.Call(_shard.Connect(), "HLEN h"));
    }

    [Fact]
    public void A_scan_meets_all_that_stays_while_the_hash_grows_and_shrinks()
    {
        Fill(500);
        var met = new Dictionary<string, string>();
        string cursor = "0";
        int round = 0;
        do
        {
            RespValue reply = Call($"HSCAN h {cursor} COUNT 20");
            cursor = reply[0].Text;
            for (int i = 0; i < reply[1].Count; i += 2) met[reply[1][i].Text] = reply[1][i + 1].Text;

            round++;
            for (int i = 0; i < 40; i++) Call(round < 10 ? $"HSET h x{round}:{i} 1" : $"HDEL h x{round - 10}:{i}");
        }
        while (cursor != "0");

        for (int i = 0; i < 500; i++) Assert.Equal($"v{i}", met[$"f{i}"]);
    }

    [Fact]
    public void A_hash_that_has_lost_its_last_field_is_no_key()
    {
        Fill(300);
        for (int i = 0; i < 300; i++) Assert.Equal(1, Call($"HDEL h f{i}").Integer);
        Assert.Equal(0, Call("EXISTS h").Integer);
        Assert.Equal(0, Call("DBSIZE").Integer);
    }

    public void Dispose() => _shard.Dispose();

    private void Fill(int fields) => Call("HSET h " + string.Join(' ', Enumerable.Range(0, fields).Select(i => $"f{i} v{i}")));

    private RespValue Call(string command) => RespValue.Parse(System.Text.Encoding.Latin1.GetBytes(_shard.Call(_peer, command)));
}
