using Keyway.Platform.Simulation;
using Keyway.Shard.Effects;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands.Sets;

/// <summary>What a replica must repeat of each write to a set, as it was seen on the stream of a real master.</summary>
public sealed class SetEffectTests : IEffectSink, IDisposable
{
    private readonly TestShard _shard = new();
    private readonly SimulatedPeer _peer;
    private readonly List<string> _effects = [];

    public SetEffectTests()
    {
        _peer = _shard.Connect();
        _shard.Server.Propagation.Install(this);
    }

    [Theory]
    [InlineData("SADD a 1 4 5", "SADD a 1 4 5", 2)]
    [InlineData("SADD a 1 2", "", 0)]
    [InlineData("SADD n x y x", "SADD n x y x", 2)]
    [InlineData("SREM a 1 9", "SREM a 1 9", 1)]
    [InlineData("SREM a 9", "", 0)]
    [InlineData("SREM a 1 2 3 9", "SREM a 1 2 3 9", 3)]
    [InlineData("SMOVE a b 1", "SMOVE a b 1", 2)]
    [InlineData("SMOVE a b 3", "SMOVE a b 3", 1)]
    [InlineData("SMOVE a n 3", "SMOVE a n 3", 2)]
    [InlineData("SMOVE a a 3", "", 0)]
    [InlineData("SMOVE a b 9", "", 0)]
    [InlineData("SMOVE a s 1", "", 0)]
    [InlineData("SPOP one", "SREM one x", 1)]
    [InlineData("SPOP one 1", "DEL one", 1)]
    [InlineData("SPOP a 3", "DEL a", 3)]
    [InlineData("SPOP a 9", "DEL a", 3)]
    [InlineData("SPOP a 0", "", 0)]
    [InlineData("SPOP n", "", 0)]
    [InlineData("SPOP n 3", "", 0)]
    [InlineData("SINTERSTORE d a b", "SINTERSTORE d a b", 1)]
    [InlineData("SINTERSTORE d a n", "", 0)]
    [InlineData("SINTERSTORE s a n", "SINTERSTORE s a n", 1)]
    [InlineData("SINTERSTORE a a one", "SINTERSTORE a a one", 1)]
    [InlineData("SUNIONSTORE d a n", "SUNIONSTORE d a n", 1)]
    [InlineData("SUNIONSTORE d n", "", 0)]
    [InlineData("SUNIONSTORE s n", "SUNIONSTORE s n", 1)]
    [InlineData("SDIFFSTORE d a b", "SDIFFSTORE d a b", 1)]
    [InlineData("SDIFFSTORE d a a", "", 0)]
    [InlineData("SDIFFSTORE a a a", "SDIFFSTORE a a a", 1)]
    [InlineData("SDIFFSTORE d a s", "", 0)]
    [InlineData("SRANDMEMBER a", "", 0)]
    public void On_sets_of_three(string command, string effect, long changes)
    {
        Prepare();
        long before = _shard.Server.Propagation.Dirty;

        _shard.Call(_peer, command);

        Assert.Equal(effect, string.Join(" | ", _effects));
        Assert.Equal(changes, _shard.Server.Propagation.Dirty - before);
    }

    [Fact]
    public void A_pop_of_some_says_which_they_were()
    {
        Prepare();
        RespValue popped = RespValue.Parse(System.Text.Encoding.Latin1.GetBytes(_shard.Call(_peer, "SPOP a 2")));

        Assert.Equal([$"SREM a {popped[0].Text}", $"SREM a {popped[1].Text}"], _effects.Where(sent => sent is not "MULTI" and not "EXEC"));
    }

    [Fact]
    public void Lazy_freeing_does_not_change_how_a_popped_set_goes()
    {
        _shard.Call(_peer, "CONFIG SET lazyfree-lazy-user-del yes lazyfree-lazy-server-del yes");
        Prepare();
        _shard.Call(_peer, "SPOP a 3");
        Assert.Equal(["DEL a"], _effects);
    }

    public void Dispose() => _shard.Dispose();

    void IEffectSink.OnEffect(int database, ReadOnlySpan<byte> command) => _effects.Add(string.Join(' ', RespValue.Parse(command).Texts));

    private void Prepare()
    {
        foreach (string command in (string[])["SADD a 1 2 3", "SADD b 2 3 4", "SADD one x", "SET s v"]) _shard.Call(_peer, command);
        _effects.Clear();
    }
}
