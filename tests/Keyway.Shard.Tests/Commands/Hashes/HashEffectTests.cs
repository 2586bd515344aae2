using Keyway.Platform.Simulation;
using Keyway.Shard.Effects;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands.Hashes;

/// <summary>What a replica must repeat of each write to a hash, as it was seen on the stream of a real master.</summary>
public sealed class HashEffectTests : IEffectSink, IDisposable
{
    private readonly TestShard _shard = new();
    private readonly SimulatedPeer _peer;
    private readonly List<string> _effects = [];

    public HashEffectTests()
    {
        _peer = _shard.Connect();
        _shard.Server.Propagation.Install(this);
    }

    [Theory]
    [InlineData("HSET h f 1 n 2", "HSET h f 1 n 2", 2)]
    [InlineData("HMSET h f 1 n 2 n 3", "HMSET h f 1 n 2 n 3", 3)]
    [InlineData("HSET h f", "", 0)]
    [InlineData("HSETNX h f 1", "", 0)]
    [InlineData("HSETNX h n 1", "HSETNX h n 1", 1)]
    [InlineData("HINCRBY h f 1", "HINCRBY h f 1", 1)]
    [InlineData("HINCRBY h t 1", "", 0)]
    [InlineData("HINCRBY h f 9223372036854775807", "", 0)]
    [InlineData("HINCRBYFLOAT h f 1.5", "HSET h f 2.5", 1)]
    [InlineData("HINCRBYFLOAT n f 1.5", "HSET n f 1.5", 1)]
    [InlineData("HINCRBYFLOAT h t 1.5", "", 0)]
    [InlineData("HDEL h f x t", "HDEL h f x t", 2)]
    [InlineData("HDEL h f t u", "HDEL h f t u", 3)]
    [InlineData("HDEL h x", "", 0)]
    [InlineData("HDEL n x", "", 0)]
    [InlineData("HSET s f v", "", 0)]
    [InlineData("HRANDFIELD h", "", 0)]
    public void On_a_hash_of_three(string command, string effect, long changes)
    {
        _shard.Call(_peer, "HSET h f 1 t text u v");
        _shard.Call(_peer, "SET s v");
        _effects.Clear();
        long before = _shard.Server.Propagation.Dirty;

        _shard.Call(_peer, command);

        Assert.Equal(effect, string.Join(" | ", _effects));
        Assert.Equal(changes, _shard.Server.Propagation.Dirty - before);
    }

    public void Dispose() => _shard.Dispose();

    void IEffectSink.OnEffect(int database, ReadOnlySpan<byte> command) => _effects.Add(string.Join(' ', RespValue.Parse(command).Texts));
}
