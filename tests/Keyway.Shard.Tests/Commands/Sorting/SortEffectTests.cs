using Keyway.Platform.Simulation;
using Keyway.Shard.Effects;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands.Sorting;

/// <summary>What a replica must repeat of SORT, as it was seen on the stream of a real master.</summary>
public sealed class SortEffectTests : IEffectSink, IDisposable
{
    private readonly TestShard _shard = new();
    private readonly SimulatedPeer _peer;
    private readonly List<string> _effects = [];

    public SortEffectTests()
    {
        _peer = _shard.Connect();
        _shard.Server.Propagation.Install(this);
    }

    [Theory]
    [InlineData("SORT l", "", 0)]
    [InlineData("SORT_RO l", "", 0)]
    [InlineData("SORT l STORE d", "SORT l STORE d", 3)]
    [InlineData("SORT l GET # GET # STORE d", "SORT l GET # GET # STORE d", 6)]
    [InlineData("SORT n STORE d", "SORT n STORE d", 1)]
    [InlineData("SORT n STORE n2", "", 0)]
    [InlineData("SORT l LIMIT 9 9 STORE d", "SORT l LIMIT 9 9 STORE d", 1)]
    [InlineData("SORT bad STORE d", "", 0)]
    public void With_a_target_that_exists(string command, string effect, long changes)
    {
        _shard.Call(_peer, "RPUSH l 3 1 2");
        _shard.Call(_peer, "RPUSH bad x");
        _shard.Call(_peer, "SET d v");
        _effects.Clear();
        long before = _shard.Server.Propagation.Dirty;

        _shard.Call(_peer, command);

        Assert.Equal(effect, string.Join(" | ", _effects));
        Assert.Equal(changes, _shard.Server.Propagation.Dirty - before);
    }

    public void Dispose() => _shard.Dispose();

    void IEffectSink.OnEffect(int database, ReadOnlySpan<byte> command) => _effects.Add(string.Join(' ', RespValue.Parse(command).Texts));
}
