using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands.Serialization;

public sealed class DumpTests : IDisposable
{
    private readonly TestShard _shard = new();
    private readonly SimulatedPeer _peer;

    public DumpTests() => _peer = _shard.Connect();

    [Theory]
    [InlineData("SET k 5", "00c0050a00632f5f66832fb351")]
    [InlineData("SET k -300", "00c1d4fe0a00c6c48623febede2e")]
    [InlineData("SET k 70000", "00c2701101000a0001a408fe953095a5")]
    [InlineData("SET k 12345678901", "000b31323334353637383930310a00304e52d727176510")]
    [InlineData("SET k hello", "000568656c6c6f0a006372df766534200a")]
    [InlineData("SET k aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "00c3093c016161e02f000161610a00a67e08b217d09780")]
    [InlineData("RPUSH k a 1 -5 300 70000 hello~world", "120102242400000006008161020101dffb02c12c02f2701101048b68656c6c6f20776f726c640cff0a00f86a09f1b6e364d1")]
    [InlineData("SADD k 1 2 3", "0b0e02000000030000000100020003000a00a5025ce26d6e4d1b")]
    [InlineData("SADD k 1 70000", "0b10040000000200000001000000701101000a002735436efd6656c4")]
    [InlineData("HSET k f v n 12", "1012120000000400816602817602816e020c01ff0a0001369481d35b8974")]
    [InlineData("ZADD k 1 a 2.5 b", "1114140000000400816102010181620283322e3504ff0a00d44c6ea4f644d9d7")]
    public void Is_byte_for_byte_what_redis_dumps(string command, string expected)
    {
        string[] words = [.. command.Split(' ').Select(word => word.Replace('~', ' '))];
        _shard.Send(_peer, Encoding.Latin1.GetString(RespClient.Encode(words)));
        Assert.Equal(expected, Convert.ToHexStringLower(DumpOf("k")));
    }

    [Fact]
    public void Large_hashes_and_sorted_sets_are_dumped_by_the_element()
    {
        _shard.Call(_peer, "CONFIG SET hash-max-listpack-entries 0 zset-max-listpack-entries 0");
        _shard.Call(_peer, "HSET h f v");
        _shard.Call(_peer, "ZADD z 1 a 2.5 b");

        Assert.Equal("0401016601760a00adf24356b1860efc", Convert.ToHexStringLower(DumpOf("h")));
        Assert.Equal("0502016200000000000004400161000000000000f03f0a00f46eb73919767291", Convert.ToHexStringLower(DumpOf("z")));
    }

    [Fact]
    public void A_stream_is_dumped_with_its_groups()
    {
        foreach (string command in (string[])
        [
            "XADD s 1-1 f v", "XADD s 1-2 f w", "XADD s 2-0 g 1", "XDEL s 1-2", "XGROUP CREATE s grp 0", "XREADGROUP GROUP grp cons COUNT 1 STREAMS s >",
        ]) _shard.Call(_peer, command);

        // 00a8da769b010000 is the test's time.
        const string Expected =
            "1301100000000000000001000000000000000138380000001600020101010101816602000102010001000181760204010301000101018177020401000101"
            + "01dfff02010181670201010601ff0202000101010203010367727001" + "0181ffffffffffffffff" + "0100000000000000010000000000000001"
            + "00a8da769b010000" + "01" + "0104636f6e73" + "00a8da769b010000" + "01" + "00000000000000010000000000000001" + "0a00";
        Assert.StartsWith(Expected, Convert.ToHexStringLower(DumpOf("s")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_key_is_null() => Assert.Equal("$-1\r\n", _shard.Call(_peer, "DUMP k"));

    [Fact]
    public void Nothing_is_packed_when_compression_is_off()
    {
        _shard.Call(_peer, "CONFIG SET rdbcompression no");
        _shard.Call(_peer, "SET k " + new string('a', 60));
        Assert.Equal(1 + 1 + 60 + 10, DumpOf("k").Length);
    }

    public void Dispose() => _shard.Dispose();

    private byte[] DumpOf(string key) => Encoding.Latin1.GetBytes(RespValue.Parse(Encoding.Latin1.GetBytes(_shard.Call(_peer, $"DUMP {key}"))).Text);
}
