using Keyway.Platform.Simulation;
using Keyway.Shard.Effects;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands.Geo;

/// <summary>What a replica must repeat of each write of places, as it was seen on the stream of a real master.</summary>
public sealed class GeoEffectTests : IEffectSink, IDisposable
{
    private readonly TestShard _shard = new();
    private readonly SimulatedPeer _peer;
    private readonly List<string> _effects = [];

    public GeoEffectTests()
    {
        _peer = _shard.Connect();
        _shard.Server.Propagation.Install(this);
    }

    [Theory]
    [InlineData("GEOADD n 1 1 m 2 2 p", "zadd n 3377822707026402 m 3378191666521995 p", 2)]
    [InlineData("GEOADD g NX CH 1 1 m", "", 0)]
    [InlineData("GEOADD g CH 1 1 m", "", 0)]
    [InlineData("GEOADD g XX CH 2 2 m", "zadd g XX CH 3378191666521995 m", 1)]
    [InlineData("GEOSEARCHSTORE d g FROMMEMBER m BYRADIUS 1 km", "GEOSEARCHSTORE d g FROMMEMBER m BYRADIUS 1 km", 2)]
    [InlineData("GEOSEARCHSTORE d n FROMLONLAT 1 1 BYRADIUS 1 km", "", 0)]
    [InlineData("GEOSEARCHSTORE g n FROMLONLAT 1 1 BYRADIUS 1 km", "GEOSEARCHSTORE g n FROMLONLAT 1 1 BYRADIUS 1 km", 1)]
    [InlineData("GEORADIUS g 1 1 10 km STORE d", "GEORADIUS g 1 1 10 km STORE d", 2)]
    [InlineData("GEORADIUS g 1 1 10 km", "", 0)]
    [InlineData("GEORADIUSBYMEMBER g m 10 km STOREDIST d", "GEORADIUSBYMEMBER g m 10 km STOREDIST d", 2)]
    [InlineData("GEORADIUS n 1 1 10 km STORE g", "GEORADIUS n 1 1 10 km STORE g", 1)]
    public void On_two_places(string command, string effect, long changes)
    {
        _shard.Call(_peer, "ZADD g 3377822707026402 m 3377822707026410 n");
        _effects.Clear();
        long before = _shard.Server.Propagation.Dirty;

        Assert.DoesNotContain("-ERR", _shard.Call(_peer, command), StringComparison.Ordinal);

        Assert.Equal(effect, string.Join(" | ", _effects));
        Assert.Equal(changes, _shard.Server.Propagation.Dirty - before);
    }

    public void Dispose() => _shard.Dispose();

    void IEffectSink.OnEffect(int database, ReadOnlySpan<byte> command) => _effects.Add(string.Join(' ', RespValue.Parse(command).Texts));
}
