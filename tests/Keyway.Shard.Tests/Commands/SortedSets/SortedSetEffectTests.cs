using Keyway.Platform.Simulation;
using Keyway.Shard.Effects;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands.SortedSets;

/// <summary>What a replica must repeat of each write to a sorted set, as it was seen on the stream of a real master.</summary>
public sealed class SortedSetEffectTests : IEffectSink, IDisposable
{
    private readonly TestShard _shard = new();
    private readonly SimulatedPeer _peer;
    private readonly List<string> _effects = [];

    public SortedSetEffectTests()
    {
        _peer = _shard.Connect();
        _shard.Server.Propagation.Install(this);
    }

    [Theory]
    [InlineData("ZADD n 1 x 2 y", "ZADD n 1 x 2 y", 2)]
    [InlineData("ZADD z 1 a", "", 0)]
    [InlineData("ZADD z 2 a 3 q", "ZADD z 2 a 3 q", 2)]
    [InlineData("ZADD z NX 2 a", "", 0)]
    [InlineData("ZADD z XX 2 q", "", 0)]
    [InlineData("ZADD z GT 0 a", "", 0)]
    [InlineData("ZADD z CH 9 a 1 b", "ZADD z CH 9 a 1 b", 2)]
    [InlineData("ZADD z INCR 1 a", "ZADD z INCR 1 a", 1)]
    [InlineData("ZADD z INCR 0 a", "", 0)]
    [InlineData("ZINCRBY z 1.5 a", "ZINCRBY z 1.5 a", 1)]
    [InlineData("ZINCRBY z 0 a", "", 0)]
    [InlineData("ZREM z a b q", "ZREM z a b q", 2)]
    [InlineData("ZREM z q", "", 0)]
    [InlineData("ZREM z a b c d e", "ZREM z a b c d e", 5)]
    [InlineData("ZREMRANGEBYRANK z 0 1", "ZREMRANGEBYRANK z 0 1", 2)]
    [InlineData("ZREMRANGEBYRANK z 9 10", "", 0)]
    [InlineData("ZREMRANGEBYSCORE z 2 +inf", "ZREMRANGEBYSCORE z 2 +inf", 4)]
    [InlineData("ZREMRANGEBYLEX z [a (c", "ZREMRANGEBYLEX z [a (c", 2)]
    [InlineData("ZPOPMIN z", "ZPOPMIN z", 1)]
    [InlineData("ZPOPMIN z 3", "ZPOPMIN z 3", 3)]
    [InlineData("ZPOPMIN z 0", "", 0)]
    [InlineData("ZPOPMAX z 9", "ZPOPMAX z 9", 5)]
    [InlineData("ZPOPMAX n", "", 0)]
    [InlineData("ZMPOP 2 n z MAX COUNT 2", "ZPOPMAX z 2", 2)]
    [InlineData("ZMPOP 1 z MIN COUNT 99", "ZPOPMIN z 5", 5)]
    [InlineData("ZMPOP 1 n MIN", "", 0)]
    [InlineData("BZPOPMIN n z 0", "ZPOPMIN z", 1)]
    [InlineData("BZPOPMAX z n 0", "ZPOPMAX z", 1)]
    [InlineData("BZMPOP 0 2 n z MIN COUNT 2", "ZPOPMIN z 2", 2)]
    [InlineData("ZRANGESTORE d z 0 1", "ZRANGESTORE d z 0 1", 1)]
    [InlineData("ZRANGESTORE d z 7 9", "", 0)]
    [InlineData("ZRANGESTORE z n 0 -1", "ZRANGESTORE z n 0 -1", 1)]
    [InlineData("ZUNIONSTORE d 2 z n WEIGHTS 1 2", "ZUNIONSTORE d 2 z n WEIGHTS 1 2", 1)]
    [InlineData("ZUNIONSTORE d 1 n", "", 0)]
    [InlineData("ZINTERSTORE z 2 z n", "ZINTERSTORE z 2 z n", 1)]
    [InlineData("ZDIFFSTORE z 1 z", "ZDIFFSTORE z 1 z", 1)]
    [InlineData("ZRANDMEMBER z 2", "", 0)]
    public void On_a_set_of_five(string command, string effect, long changes)
    {
        _shard.Call(_peer, "ZADD z 1 a 2 b 3 c 4 d 5 e");
        _effects.Clear();
        long before = _shard.Server.Propagation.Dirty;

        Assert.DoesNotContain("-ERR", _shard.Call(_peer, command), StringComparison.Ordinal);

        Assert.Equal(effect, string.Join(" | ", _effects));
        Assert.Equal(changes, _shard.Server.Propagation.Dirty - before);
    }

    [Theory]
    [InlineData("BZPOPMIN k n 0", "ZADD n 1 x 2 y", "ZPOPMIN n")]
    [InlineData("BZPOPMAX k n 0", "ZADD n 1 x 2 y", "ZPOPMAX n")]
    [InlineData("BZMPOP 0 1 n Max COUNT 5", "ZADD n 1 x 2 y", "ZPOPMAX n 2")]
    public void Of_a_client_that_has_waited(string waiting, string add, string effect)
    {
        Assert.Equal("", _shard.Call(_shard.Connect(), waiting));
        _effects.Clear();

        _shard.Call(_peer, add);

        Assert.Equal([add, effect], _effects.Where(sent => sent is not "MULTI" and not "EXEC"));
    }

    public void Dispose() => _shard.Dispose();

    void IEffectSink.OnEffect(int database, ReadOnlySpan<byte> command) => _effects.Add(string.Join(' ', RespValue.Parse(command).Texts));
}
