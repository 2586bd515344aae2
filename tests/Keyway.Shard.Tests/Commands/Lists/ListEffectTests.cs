using Keyway.Platform.Simulation;
using Keyway.Shard.Effects;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands.Lists;

/// <summary>What a replica must repeat of each write to a list, as it was seen on the stream of a real master.</summary>
public sealed class ListEffectTests : IEffectSink, IDisposable
{
    private readonly TestShard _shard = new();
    private readonly SimulatedPeer _peer;
    private readonly List<string> _effects = [];

    public ListEffectTests()
    {
        _peer = _shard.Connect();
        _shard.Server.Propagation.Install(this);
    }

    [Theory]
    [InlineData("RPUSH n a b c", "RPUSH n a b c", 3)]
    [InlineData("LPUSHX l y z", "LPUSHX l y z", 2)]
    [InlineData("LPUSHX n y z", "", 0)]
    [InlineData("LSET l 0 n", "LSET l 0 n", 1)]
    [InlineData("LSET l 9 n", "", 0)]
    [InlineData("LINSERT l BEFORE b x", "LINSERT l BEFORE b x", 1)]
    [InlineData("LINSERT l BEFORE q x", "", 0)]
    [InlineData("LTRIM l 0 -1", "", 0)]
    [InlineData("LTRIM l 1 2", "LTRIM l 1 2", 3)]
    [InlineData("LTRIM l 9 9", "LTRIM l 9 9", 5)]
    [InlineData("LTRIM n 9 9", "", 0)]
    [InlineData("LREM l -2 a", "LREM l -2 a", 2)]
    [InlineData("LREM l 0 q", "", 0)]
    [InlineData("LPOP l", "LPOP l", 1)]
    [InlineData("LPOP l 0", "", 0)]
    [InlineData("RPOP l 9", "RPOP l 9", 5)]
    [InlineData("RPOP n 9", "", 0)]
    [InlineData("LMPOP 2 n l right COUNT 2", "RPOP l 2", 2)]
    [InlineData("LMPOP 2 n l LEFT COUNT 10", "LPOP l 5", 5)]
    [InlineData("LMPOP 1 n LEFT", "", 0)]
    [InlineData("BLPOP n l 0", "LPOP l", 1)]
    [InlineData("BRPOP n l 0", "RPOP l", 1)]
    [InlineData("BLMPOP 0 2 n l RIGHT COUNT 3", "RPOP l 3", 3)]
    [InlineData("LMOVE l n LEFT Right", "LMOVE l n LEFT Right", 1)]
    [InlineData("LMOVE l l left RIGHT", "LMOVE l l left RIGHT", 1)]
    [InlineData("LMOVE n l left RIGHT", "", 0)]
    [InlineData("RPOPLPUSH l n", "RPOPLPUSH l n", 1)]
    [InlineData("BLMOVE l n Left RIGHT 0", "LMOVE l n Left RIGHT", 1)]
    [InlineData("BRPOPLPUSH l n 0", "RPOPLPUSH l n", 1)]
    [InlineData("LMOVE l s LEFT RIGHT", "", 0)]
    [InlineData("BLMOVE l s LEFT RIGHT 0", "", 0)]
    public void On_a_list_of_five(string command, string effect, long changes)
    {
        _shard.Call(_peer, "RPUSH l a b a c a");
        _shard.Call(_peer, "SET s v");
        _effects.Clear();
        long before = _shard.Server.Propagation.Dirty;

        Assert.DoesNotContain("syntax error", _shard.Call(_peer, command), StringComparison.Ordinal);

        Assert.Equal(effect, string.Join(" | ", _effects));
        Assert.Equal(changes, _shard.Server.Propagation.Dirty - before);
    }

    [Theory]
    [InlineData("BLPOP k n 0", "RPUSH n x y", "LPOP n")]
    [InlineData("BRPOP k n 0", "RPUSH n x y", "RPOP n")]
    [InlineData("BLMPOP 0 1 n Right COUNT 5", "RPUSH n x y", "RPOP n 2")]
    [InlineData("BLMOVE n m LEFT Right 0", "LPUSH n x", "LMOVE n m left right")]
    [InlineData("BRPOPLPUSH n n 0", "LPUSH n x", "RPOPLPUSH n n")]
    public void Of_a_client_that_has_waited(string waiting, string push, string effect)
    {
        Assert.Equal("", _shard.Call(_shard.Connect(), waiting));
        _effects.Clear();

        _shard.Call(_peer, push);

        Assert.Equal([push, effect], _effects.Where(sent => sent is not "MULTI" and not "EXEC"));
    }

    public void Dispose() => _shard.Dispose();

    void IEffectSink.OnEffect(int database, ReadOnlySpan<byte> command) => _effects.Add(string.Join(' ', RespValue.Parse(command).Texts));
}
