using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Keyway.Testing.RealServers;

namespace Keyway.Topology.Tests;

public class HashSlotTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("123456789", 0x31C3)]
    public void Crc16_is_the_xmodem_one(string text, int crc) => Assert.Equal(crc, HashSlot.Crc16(Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData("foo", 12182)]
    [InlineData("{a}b", 15495)]
    [InlineData("a", 15495)]
    [InlineData("x{a}y{b}z", 15495)]
    public void Known_keys_are_in_their_slots(string key, int slot) => Assert.Equal(slot, HashSlot.Of(Encoding.ASCII.GetBytes(key)));

    [Theory]
    [InlineData("{}", "{}")]
    [InlineData("a{}b{c}", "a{}b{c}")]
    [InlineData("{{a}}", "{a")]
    [InlineData("a}b{c}d", "c")]
    [InlineData("a{b", "a{b")]
    [InlineData("}{", "}{")]
    public void Only_what_stands_between_the_first_brace_and_the_next_closing_one_is_hashed(string key, string tag) =>
        Assert.Equal(tag, Encoding.ASCII.GetString(HashSlot.Tag(Encoding.ASCII.GetBytes(key))));

    [Fact]
    public void Crc16_is_what_bit_by_bit_division_gives_for_every_length() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), key => HashSlot.Of(key) == NaiveMap.Slot(key)).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Redis_says_the_same_slots()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using var redis = RedisServer.Start("--cluster-enabled", "yes");
        using var client = redis.Connect();
        var random = new Random(3);
        for (int i = 0; i < 3000; i++)
        {
            byte[] key = RandomMaps.Key(random);
            Assert.Equal(client.Call("CLUSTER"u8.ToArray(), "KEYSLOT"u8.ToArray(), key).Integer, HashSlot.Of(key));
        }
    }
}
