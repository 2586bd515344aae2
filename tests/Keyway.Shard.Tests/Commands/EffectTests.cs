using Keyway.Platform.Simulation;
using Keyway.Shard.Effects;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands;

/// <summary>What a replica must repeat of each write, as it was seen on the stream of a real master. The clock stands at 1767225600000.</summary>
public sealed class EffectTests : IEffectSink, IDisposable
{
    private readonly TestShard _shard = new("--save", "");
    private readonly SimulatedPeer _peer;
    private readonly List<string> _effects = [];

    public EffectTests()
    {
        _peer = _shard.Connect();
        _shard.Server.Propagation.Install(this);
    }

    [Theory]
    [InlineData("SET a 1", "SET a 1")]
    [InlineData("SET a 1 EX 100", "SET a 1 PXAT 1767225700000")]
    [InlineData("SET a 1 PX 100", "SET a 1 PXAT 1767225600100")]
    [InlineData("SET a 1 EXAT 1767225700", "SET a 1 PXAT 1767225700000")]
    [InlineData("SET a 1 PXAT 1767225700000 NX", "SET a 1 PXAT 1767225700000")]
    [InlineData("SETEX b 100 x", "SET b x PXAT 1767225700000")]
    [InlineData("PSETEX b 100000 x", "SET b x PXAT 1767225700000")]
    [InlineData("SETNX b x", "SETNX b x")]
    [InlineData("INCRBYFLOAT f 1.5", "SET f 1.5 KEEPTTL")]
    [InlineData("INCR n", "INCR n")]
    [InlineData("MSETNX x 1 y 2", "MSETNX x 1 y 2")]
    [InlineData("MSET x 1 y 2", "MSET x 1 y 2")]
    [InlineData("APPEND x z", "APPEND x z")]
    [InlineData("SETRANGE x 0 q", "SETRANGE x 0 q")]
    [InlineData("SETRANGE x 5 ", "")]
    [InlineData("GETSET x new", "SET x new")]
    [InlineData("DEL nokey", "")]
    [InlineData("EXPIRE nokey 100", "")]
    [InlineData("PERSIST nokey", "")]
    [InlineData("GETDEL nokey", "")]
    [InlineData("FLUSHDB", "FLUSHDB")]
    [InlineData("FLUSHALL ASYNC", "FLUSHALL ASYNC")]
    [InlineData("SWAPDB 0 1", "SWAPDB 0 1")]
    [InlineData("GET nokey", "")]
    public void On_an_empty_server(string command, string effect) => AssertEffect(command, effect);

    [Theory]
    [InlineData("SET a 2 KEEPTTL GET", "SET a 2 KEEPTTL")]
    [InlineData("SET a 2 get NX Get", "")]
    [InlineData("SET a 3 NX", "")]
    [InlineData("SET a 3 XX GET", "SET a 3 XX")]
    [InlineData("GETEX a EX 50", "PEXPIREAT a 1767225650000")]
    [InlineData("GETEX a", "")]
    [InlineData("GETEX a PERSIST", "")]
    [InlineData("GETEX a PXAT 1", "DEL a")]
    [InlineData("GETDEL a", "DEL a")]
    [InlineData("DEL a b", "DEL a b")]
    [InlineData("UNLINK a", "UNLINK a")]
    [InlineData("EXPIRE a 100", "PEXPIREAT a 1767225700000")]
    [InlineData("EXPIRE a 100 NX", "PEXPIREAT a 1767225700000 NX")]
    [InlineData("EXPIRE a 100 XX", "")]
    [InlineData("EXPIRE a -1", "DEL a")]
    [InlineData("expireat a 1767225700", "PEXPIREAT a 1767225700000")]
    [InlineData("pexpireat a 1767225700000", "pexpireat a 1767225700000")]
    [InlineData("RENAME a b", "RENAME a b")]
    [InlineData("RENAME a a", "")]
    [InlineData("COPY a b", "COPY a b")]
    [InlineData("MOVE a 1", "MOVE a 1")]
    [InlineData("MSETNX a 1 y 2", "")]
    [InlineData("TOUCH a", "")]
    public void On_a_server_that_holds_a(string command, string effect)
    {
        _shard.Call(_peer, "SET a 1");
        AssertEffect(command, effect);
    }

    [Fact]
    public void A_persisted_key_says_so()
    {
        _shard.Call(_peer, "SET a 1 EX 100");
        AssertEffect("GETEX a PERSIST", "PERSIST a");
        _shard.Call(_peer, "EXPIRE a 100");
        AssertEffect("PERSIST a", "PERSIST a");
    }

    [Fact]
    public void A_key_that_has_expired_leaves_before_the_command_that_met_it_acts()
    {
        _shard.Server.ExpiresActively = false;
        _shard.Call(_peer, "SET e v PX 60");
        _shard.Network.Advance(TimeSpan.FromMilliseconds(100));
        AssertEffect("APPEND e w", "MULTI | DEL e | APPEND e w | EXEC");
    }

    [Fact]
    public void The_effects_of_a_transaction_are_one_if_there_are_several()
    {
        AssertTransaction("SET a 1,INCR a", "MULTI | SET a 1 | INCR a | EXEC");
        AssertTransaction("SET a 9,GET a", "SET a 9");
        AssertTransaction("GET a", "");
        AssertTransaction("SELECT 3,SET a 1,SELECT 4,SET a 2", "MULTI | SET a 1 | SET a 2 | EXEC");
    }

    [Fact]
    public void What_dies_while_a_walk_passes_by_is_not_one()
    {
        _shard.Server.ExpiresActively = false;
        _shard.Call(_peer, "SET e v PX 60");
        _shard.Call(_peer, "SET f v PX 60");
        _shard.Network.Advance(TimeSpan.FromMilliseconds(100));
        _effects.Clear();
        _shard.Call(_peer, "SCAN 0 COUNT 100");
        Assert.Equal(["DEL e", "DEL f"], _effects.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_key_that_nobody_looks_at_expires_too()
    {
        _shard.Call(_peer, "SET e v PX 60");
        _effects.Clear();
        _shard.Network.Advance(TimeSpan.FromMilliseconds(300));
        Assert.Equal(["DEL e"], _effects);
        Assert.Equal(":0\r\n", _shard.Call(_peer, "DBSIZE"));
    }

    [Fact]
    public void Lazy_freeing_changes_the_words()
    {
        _shard.Call(_peer, "CONFIG SET lazyfree-lazy-user-del yes lazyfree-lazy-expire yes");
        _shard.Call(_peer, "SET a 1");
        AssertEffect("GETDEL a", "UNLINK a");
        _shard.Call(_peer, "SET a 1");
        AssertEffect("EXPIRE a -1", "UNLINK a");
    }

    [Fact]
    public void Effects_name_the_database_in_which_the_command_ran()
    {
        _shard.Call(_peer, "SELECT 3");
        _effects.Clear();
        _shard.Call(_peer, "SET a 1");
        Assert.Equal(3, LastDatabase);
    }

    [Fact]
    public void Each_changed_key_counts_as_a_change_since_the_last_save()
    {
        long before = _shard.Server.Propagation.Dirty;
        _shard.Call(_peer, "MSET a 1 b 2 c 3");
        _shard.Call(_peer, "DEL a b nokey");
        _shard.Call(_peer, "GET c");
        Assert.Equal(before + 5, _shard.Server.Propagation.Dirty);
    }

    public void Dispose() => _shard.Dispose();

    private int LastDatabase { get; set; }

    void IEffectSink.OnEffect(int database, ReadOnlySpan<byte> command)
    {
        LastDatabase = database;
        _effects.Add(string.Join(' ', RespValue.Parse(command).Texts));
        Assert.Equal('*', (char)command[0]);
    }

    private void AssertTransaction(string commands, string effect)
    {
        _shard.Call(_peer, "MULTI");
        foreach (string command in commands.Split(',')) _shard.Call(_peer, command);
        AssertEffect("EXEC", effect);
    }

    private void AssertEffect(string command, string effect)
    {
        _effects.Clear();
        Assert.DoesNotContain("syntax error", _shard.Call(_peer, command), StringComparison.Ordinal);
        Assert.Equal(effect, string.Join(" | ", _effects));
    }
}
