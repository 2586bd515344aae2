using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Shard.Effects;
using Keyway.Shard.Tests.Rdb;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands.Serialization;

public sealed class RestoreTests : IEffectSink, IDisposable
{
    private static readonly string Hello = Encoding.Latin1.GetString(Convert.FromHexString("000568656c6c6f0a006372df766534200a"));

    private readonly TestShard _shard = new();
    private readonly SimulatedPeer _peer;
    private readonly List<string> _effects = [];

    public RestoreTests()
    {
        _peer = _shard.Connect();
        _shard.Server.Propagation.Install(this);
    }

    [Fact]
    public void Options_and_refusals_are_those_of_redis()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisServer redis = RedisServer.Start();
        using RespClient real = redis.Connect();
        string bad = Encoding.Latin1.GetString(DumpMaker.Seal([4, 0]));
        string broken = Hello[..^1] + "x";
        foreach (string line in (string[])
        [
            "RESTORE k 0 5", "RESTORE k 0 5", "RESTORE k 0 bad", "RESTORE k 0 broken", "RESTORE k x 5", "RESTORE k -1 5", "RESTORE k 0 5 REPLACE",
            "RESTORE k 0 5 replace absttl",
            "RESTORE k 0 5 FOO", "RESTORE k 0 5 IDLETIME", "RESTORE k 0 5 IDLETIME x", "RESTORE k 0 5 IDLETIME -1", "RESTORE k 0 5 FREQ 256",
            "RESTORE k 0 5 FREQ -1", "RESTORE k 0 5 FREQ x",
            "RESTORE k 0 5 FREQ 1 IDLETIME 1", "RESTORE k 0 5 IDLETIME 1 FREQ 1", "RESTORE k 0 5 IDLETIME 1000 REPLACE", "OBJECT IDLETIME k",
            "RESTORE k x bad REPLACE",
            "RESTORE k -1 bad REPLACE", "RESTORE k 0 bad REPLACE", "RESTORE k 0 broken REPLACE", "GET k", "RESTORE k", "RESTORE k 0",
            "RESTORE k 9223372036854775807 5 REPLACE", "EXISTS k",
            "RESTORE k 1 5 ABSTTL", "EXISTS k", "RESTORE k 1 5 ABSTTL REPLACE", "EXISTS k", "RESTORE k 99999999999999 5 ABSTTL", "PEXPIRETIME k",
            "RESTORE k 0 5 REPLACE", "TTL k",
            "RESTORE k 1 5 ABSTTL REPLACE", "EXISTS k", "RESTORE-ASKING k 0 5", "GET k", "RESTORE k 0 short", "DEL k", "RESTORE k 0 short", "RESTORE k 0 ",
            "LPUSH k a", "RESTORE k 0 5",
            "RESTORE k 0 5 REPLACE", "TYPE k", "CONFIG SET maxmemory-policy allkeys-lfu", "RESTORE k 0 5 REPLACE FREQ 77", "OBJECT FREQ k",
            "RESTORE k 0 5 REPLACE IDLETIME 5", "OBJECT FREQ k",
            "CONFIG SET maxmemory-policy noeviction", "RESTORE k 0 5 REPLACE IDLETIME 16777300", "DUMP k", "DUMP nokey", "DUMP", "DUMP a b",
        ])
        {
            string[] command = [.. line.Split(' ')];
            if (command[0].StartsWith("RESTORE", StringComparison.Ordinal) && command.Length > 3)
                command[3] = command[3] switch { "5" => Hello, "bad" => bad, "broken" => broken, "short" => "short", _ => command[3] };
            Assert.Equal($"{line}: {real.Call(command)}", $"{line}: {Call(command)}");
        }
    }

    [Fact]
    public void What_is_repeated_elsewhere_carries_the_time_at_which_the_key_dies()
    {
        AssertEffect(["RESTORE", "k", "0", Hello], $"RESTORE k 0 {Hello}");
        AssertEffect(["RESTORE", "k", "0", Hello], "");
        AssertEffect(["restore", "k", "100", Hello, "replace"], $"restore k 1767225600100 {Hello} replace ABSTTL");
        AssertEffect(["RESTORE", "k", "1767225600200", Hello, "ABSTTL", "REPLACE"], $"RESTORE k 1767225600200 {Hello} ABSTTL REPLACE");
        AssertEffect(["RESTORE", "k", "1", Hello, "ABSTTL", "REPLACE"], "DEL k");
        AssertEffect(["RESTORE", "k", "1", Hello, "ABSTTL", "REPLACE"], "");
        Call("CONFIG", "SET", "lazyfree-lazy-server-del", "yes");
        Call("SET", "k", "1");
        AssertEffect(["RESTORE", "k", "1", Hello, "ABSTTL", "REPLACE"], "UNLINK k");
    }

    [Fact]
    public void A_restored_key_has_its_expiry_whatever_it_holds()
    {
        foreach (string make in (string[])["SET k x", "RPUSH k a", "SADD k 1", "SADD k a b", "HSET k f v", "ZADD k 1 a", "XADD k 1-1 f v"])
        {
            _shard.Call(_peer, make);
            string dump = Call("DUMP", "k").Text;
            string before = ValueText.Of("k", Call);
            Assert.Equal("OK", Call("RESTORE", "k", "100000", dump, "REPLACE").Text);
            Assert.Equal("100000", Call("PTTL", "k").Text);
            Assert.Equal(before, ValueText.Of("k", Call));
            Call("DEL", "k");
        }
    }

    public void Dispose() => _shard.Dispose();

    void IEffectSink.OnEffect(int database, ReadOnlySpan<byte> command) => _effects.Add(string.Join(' ', RespValue.Parse(command).Texts));

    private void AssertEffect(string[] command, string effect)
    {
        _effects.Clear();
        Call(command);
        Assert.Equal(effect, string.Join(" | ", _effects));
    }

    private RespValue Call(params string[] command) =>
        RespValue.Parse(Encoding.Latin1.GetBytes(_shard.Send(_peer, Encoding.Latin1.GetString(RespClient.Encode(command)))));
}
