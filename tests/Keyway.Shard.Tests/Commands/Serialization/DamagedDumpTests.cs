using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Shard.Tests.Rdb;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands.Serialization;

/// <summary>Dumps that somebody has made up, with a right checksum: refused, or a value like any other.</summary>
public sealed class DamagedDumpTests : IDisposable
{
    private readonly TestShard _shard = new();
    private readonly SimulatedPeer _peer;

    public DamagedDumpTests() => _peer = _shard.Connect();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Is_refused_or_works(int seed)
    {
        var values = new RandomValues(seed);
        var random = new Random(seed);
        int taken = 0;
        const int Values = 40;
        const int Mutations = 40;
        for (int i = 0; i < Values; i++)
        {
            if (i % 2 == 1) Call("CONFIG", "SET", "hash-max-listpack-entries", $"{i}", "rdbcompression", i % 3 == 0 ? "no" : "yes");
            foreach (string[] command in values.Commands("k")) Call(command);
            byte[] value = DumpMaker.Unseal(Encoding.Latin1.GetBytes(Call("DUMP", "k").Text));
            Call("DEL", "k");
            _shard.Network.Advance(TimeSpan.FromSeconds(1));
            long before = _shard.Server.Databases.Memory.UsedBytes;
            for (int j = 0; j < Mutations; j++)
            {
                if (TryRestore(Damage(value, random))) taken++;
                _shard.Network.Advance(TimeSpan.FromSeconds(1));
                Assert.Equal(before, _shard.Server.Databases.Memory.UsedBytes);
            }
        }

        Assert.InRange(taken, 1, Values * Mutations);
    }

    [Theory]
    [InlineData("a length of 2^62 elements", "02814000000000000000")]
    [InlineData("a length of 2^62 fields", "0481400000000000000001610162")]
    [InlineData("a string of 4 GB", "0080ffffffff61")]
    [InlineData("a packed string of 4 GB", "00c30380ffffffffe0ff00")]
    [InlineData("a packed string that makes more", "00c3050a04616161616161")]
    [InlineData("a packed string that refers to what is not there", "00c3030a200000")]
    [InlineData("a hash without fields", "0400")]
    [InlineData("a list without elements", "1200")]
    [InlineData("a list of empty pieces", "12010207070000000000ff")]
    [InlineData("the same field twice", "0402016101620161 0163")]
    [InlineData("the same member twice", "0202016101 61")]
    [InlineData("the same field twice in a listpack", "100f0f0000000400816102010181610202 01ff")]
    [InlineData("a field without a value", "100c0a00000001008161 02ff")]
    [InlineData("a score that is no number", "05010161000000000000f87f")]
    [InlineData("a score that is no number as text", "03010161fd")]
    [InlineData("a score that is a word", "110f0f00000002008161028162 02ff")]
    [InlineData("an intset out of order", "0b0c02000000020000000200 0100")]
    [InlineData("an intset of odd width", "0b0b030000000100000001 0000")]
    [InlineData("a module's value", "0781")]
    [InlineData("nothing", "")]
    public void Is_refused(string what, string hex)
    {
        byte[] dump = DumpMaker.Seal(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        Assert.Equal($"{what}: ERR Bad data format", $"{what}: {Call("RESTORE", "k", "0", Encoding.Latin1.GetString(dump)).Text}");
        Assert.Equal(":0\r\n", _shard.Call(_peer, "EXISTS k"));
    }

    [Fact]
    public void What_a_key_held_before_stays_when_a_dump_is_refused()
    {
        Call("SET", "k", "before");
        byte[] dump = DumpMaker.Seal(Convert.FromHexString("0400"));
        Assert.Equal("ERR Bad data format", Call("RESTORE", "k", "0", Encoding.Latin1.GetString(dump), "REPLACE").Text);
        Assert.Equal("before", Call("GET", "k").Text);
    }

    [Fact]
    public void A_delivery_that_two_consumers_claim_is_refused()
    {
        foreach (string command in (string[])["XADD s 1-1 f v", "XGROUP CREATE s g 0", "XREADGROUP GROUP g a STREAMS s >", "XGROUP CREATECONSUMER s g b"])
            _shard.Call(_peer, command);
        byte[] value = DumpMaker.Unseal(Encoding.Latin1.GetBytes(Call("DUMP", "s").Text));

        // The second consumer, who has none, gets the first one's.
        Assert.Equal(0, value[^1]);
        byte[] shared = [.. value[..^1], 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1];
        Assert.Equal("ERR Bad data format", Call("RESTORE", "k", "0", Encoding.Latin1.GetString(DumpMaker.Seal(shared))).Text);

        // Or nobody has it.
        int owner = value.AsSpan().LastIndexOf("\x01a"u8);
        byte[] lost = [.. value[..(owner + 10)], 0, .. value[(owner + 27)..]];
        Assert.Equal("ERR Bad data format", Call("RESTORE", "k", "0", Encoding.Latin1.GetString(DumpMaker.Seal(lost))).Text);
    }

    public void Dispose() => _shard.Dispose();

    private static byte[] Damage(byte[] value, Random random)
    {
        List<byte> damaged = [.. value];
        for (int times = random.Next(1, 4); times > 0 && damaged.Count > 1; times--)
        {
            int at = random.Next(random.Next(3) == 0 ? Math.Min(24, damaged.Count) : damaged.Count);
            switch (random.Next(7))
            {
                case 0 or 1:
                    damaged[at] = (byte)random.Next(256);
                    break;
                case 2:
                    damaged[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 3:
                    damaged[at] = (byte)(random.Next(2) == 0 ? 0xFF : 0);
                    break;
                case 4:
                    damaged.RemoveRange(at, Math.Min(random.Next(1, 9), damaged.Count - at));
                    break;
                case 5:
                    damaged.InsertRange(at, damaged.GetRange(at, Math.Min(random.Next(1, 20), damaged.Count - at)));
                    break;
                default:
                    damaged[0] = (byte)random.Next(20);
                    break;
            }
        }

        return [.. damaged];
    }

    private bool TryRestore(byte[] value)
    {
        string dump = Encoding.Latin1.GetString(DumpMaker.Seal(value));
        RespValue answer = Call("RESTORE", "k", "0", dump);
        if (answer.IsError)
        {
            Assert.Equal("ERR Bad data format", answer.Text);
            Assert.Equal(":0\r\n", _shard.Call(_peer, "EXISTS k"));
            return false;
        }

        // It can be read, changed, dumped and taken again.
        ValueText.Of("k", Call);
        Use(Call("TYPE", "k").Text);
        string text = ValueText.WithoutEncoding("k", Call);
        if (Call("EXISTS", "k").Integer == 1)
        {
            Assert.Equal("OK", Call("RESTORE", "twin", "0", Call("DUMP", "k").Text).Text);
            Assert.Equal(text, ValueText.WithoutEncoding("twin", Call));
        }

        Call("DEL", "k", "twin");
        return true;
    }

    private void Use(string type)
    {
        foreach (string command in type switch
        {
            "string" => (string[])["APPEND k x", "GETRANGE k 0 5", "SETRANGE k 3 y"],
            "list" => ["LPUSH k x", "RPUSH k 5", "LREM k 0 a", "LPOP k 2", "LINSERT k BEFORE x y", "LSET k 0 z", "LTRIM k 1 -2", "LPOS k 5"],
            "set" => ["SADD k 5", "SADD k x", "SREM k a 1 2 3", "SRANDMEMBER k 5", "SPOP k", "SISMEMBER k x"],
            "hash" => ["HSET k f v", "HGET k a", "HDEL k a b c 1 2", "HRANDFIELD k 3", "HINCRBY k n 1", "HSTRLEN k f"],
            "zset" => ["ZADD k 1 x", "ZRANK k x", "ZINCRBY k 2 a", "ZPOPMIN k", "ZRANGE k 0 3 REV", "ZREM k b 1", "ZCOUNT k -inf 5", "ZRANGEBYLEX k - +"],
            _ =>
            [
                "XADD k * f v", "XRANGE k - +", "XREVRANGE k + - COUNT 3", "XDEL k 1-1 2-1 3-1", "XREADGROUP GROUP readers first COUNT 2 STREAMS k >",
                "XPENDING k readers",
                "XAUTOCLAIM k readers second 0 0 COUNT 5", "XACK k readers 1-1 1-2 2-1", "XINFO GROUPS k", "XTRIM k MAXLEN 20", "XTRIM k MINID 3-1",
                "XADD k MAXLEN 3 * f v g w",
                "XGROUP DELCONSUMER k readers first", "XREVRANGE k + -",
            ],
        }) _shard.Call(_peer, command);
    }

    private RespValue Call(params string[] command) =>
        RespValue.Parse(Encoding.Latin1.GetBytes(_shard.Send(_peer, Encoding.Latin1.GetString(RespClient.Encode(command)))));
}
