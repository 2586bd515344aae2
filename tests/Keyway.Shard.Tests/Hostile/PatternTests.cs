using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Hostile;

/// <summary>Patterns made to keep a matcher busy for ever, or to take it past the end of its stack or of the pattern. Here they end at all.</summary>
public sealed class PatternTests
{
    private const int KeyBytes = 64 * 1024;
    private const int PatternBytes = 1024 * 1024;

    public static readonly TheoryData<string> Patterns =
    [
        string.Concat(Enumerable.Repeat("a*", 32)) + "!",
        string.Concat(Enumerable.Repeat("*a", 32)) + "!",
        new string('*', PatternBytes) + "!",
        new string('?', PatternBytes),
        string.Concat(Enumerable.Repeat("*?", 1000)) + "!",
        new string('[', PatternBytes),
        "*[",
        "*[\\",
        "*\\",
        new string('\\', PatternBytes - 1),
        "*[z-a]!",
    ];

    [Theory]
    [MemberData(nameof(Patterns), DisableDiscoveryEnumeration = true)]
    public void A_pattern_is_tried_to_its_end_wherever_a_client_may_give_one(string pattern)
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();
        Send(shard, peer, "SET", new string('a', KeyBytes), "1");

        Assert.Equal("*0\r\n", Send(shard, peer, "KEYS", pattern));
        Assert.Equal("*2\r\n$1\r\n0\r\n*0\r\n", Send(shard, peer, "SCAN", "0", "MATCH", pattern));
        Assert.Equal("*0\r\n", Send(shard, peer, "CONFIG", "GET", pattern));
        Assert.Equal("*0\r\n", Send(shard, peer, "COMMAND", "LIST", "FILTERBY", "PATTERN", pattern));
        Send(shard, peer, "HSET", "h", new string('a', KeyBytes), "1");
        Assert.Equal("*2\r\n$1\r\n0\r\n*0\r\n", Send(shard, peer, "HSCAN", "h", "0", "MATCH", pattern));

        SimulatedPeer listener = shard.Connect();
        Assert.EndsWith(":1\r\n", Send(shard, listener, "PSUBSCRIBE", pattern), StringComparison.Ordinal);
        Assert.Equal(":0\r\n", Send(shard, peer, "PUBLISH", new string('a', KeyBytes), "x"));
        Assert.Equal("", listener.TakeText());
    }

    [Fact]
    public void Patterns_that_are_cut_off_match_what_redis_lets_them_match()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisServer redis = RedisServer.Start();
        using var shard = new LiveShard();
        using RespClient real = redis.Connect();
        using RespClient ours = RespClient.Connect(shard.Port);
        string[] keys = ["", "a", "b", "[", "\\", "a]", "-", "^", "[a", "a-", "*", "a*b", "\0", "\xff"];
        string[] patterns = ["[", "[a", "[a-", "[^", "[^a", "[\\", "[]", "[]a]", "[a-]", "[-a]", "\\", "a\\", "\\*", "*\\", "[^]", "[^]a]", "[\\]]", "[z-a]", "[a-c", "**", "***a", "?", "??", "*?", "[?]", "a[", "[\xff]", "[\0]"];
        foreach (string key in keys)
        {
            real.Call("SET", key, "1");
            ours.Call("SET", key, "1");
        }

        foreach (string pattern in patterns)
            Assert.Equal($"{pattern} {string.Join('|', real.Call("KEYS", pattern).Texts.Order(StringComparer.Ordinal))}", $"{pattern} {string.Join('|', ours.Call("KEYS", pattern).Texts.Order(StringComparer.Ordinal))}");
    }

    private static string Send(TestShard shard, SimulatedPeer peer, params string[] words) => shard.Send(peer, Encoding.Latin1.GetString(RespClient.Encode(words)));
}
