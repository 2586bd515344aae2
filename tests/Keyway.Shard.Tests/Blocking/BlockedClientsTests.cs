using Keyway.Platform.Simulation;

namespace Keyway.Shard.Tests.Blocking;

public sealed class BlockedClientsTests : IDisposable
{
    private readonly TestShard _shard = new();

    public void Dispose() => _shard.Dispose();

    [Fact]
    public void Clients_that_wait_for_a_key_are_served_in_the_order_in_which_they_came()
    {
        SimulatedPeer first = _shard.Connect(), second = _shard.Connect(), writer = _shard.Connect();
        Assert.Equal("", _shard.Call(first, "BLPOP k 0"));
        Assert.Equal("", _shard.Call(second, "BLPOP k 0"));

        Assert.Equal(":1\r\n", _shard.Call(writer, "RPUSH k 1"));
        Assert.Equal("*2\r\n$1\r\nk\r\n$1\r\n1\r\n", first.TakeText());
        Assert.Equal("", second.TakeText());
        Assert.Equal(":1\r\n", _shard.Call(writer, "RPUSH k 2"));
        Assert.Equal("*2\r\n$1\r\nk\r\n$1\r\n2\r\n", second.TakeText());
        Assert.Equal(0, _shard.Server.Blocked.Count);
    }

    [Fact]
    public void Keys_of_another_kind_come_to_be_unharmed_while_the_table_grows_and_somebody_waits_for_them()
    {
        const int Keys = 3000;
        SimulatedPeer waiting = _shard.Connect(), writer = _shard.Connect();
        Assert.Equal("", _shard.Call(waiting, $"BLPOP {string.Join(' ', Enumerable.Range(0, Keys).Select(i => $"key:{i}"))} last 0"));
        for (int i = 0; i < Keys; i++) Assert.Equal(":3\r\n", _shard.Call(writer, $"ZADD key:{i} 1 a 2 b 3 c"));

        for (int i = 0; i < Keys; i++) Assert.Equal(":3\r\n", _shard.Call(writer, $"ZCARD key:{i}"));
        Assert.Equal(":1\r\n", _shard.Call(writer, "RPUSH last x"));
        Assert.Equal("*2\r\n$4\r\nlast\r\n$1\r\nx\r\n", waiting.TakeText());
    }

    [Fact]
    public void What_a_blocked_client_has_piped_in_waits_until_it_is_served()
    {
        SimulatedPeer waiting = _shard.Connect(), writer = _shard.Connect();
        Assert.Equal("", _shard.Send(waiting, "BLPOP a b a 0\r\nPING\r\nBLPOP a 1.5\r\nPING\r\n"));
        Assert.Equal("", _shard.Send(waiting, "ECHO last\r\n"));
        _shard.Call(writer, "RPUSH b 1");

        Assert.Equal("*2\r\n$1\r\nb\r\n$1\r\n1\r\n+PONG\r\n", waiting.TakeText());
        _shard.Network.Advance(TimeSpan.FromMilliseconds(1499));
        Assert.Equal("", waiting.TakeText());
        _shard.Network.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("*-1\r\n+PONG\r\n$4\r\nlast\r\n", waiting.TakeText());
    }

    [Fact]
    public void A_client_that_leaves_takes_no_element_with_it()
    {
        SimulatedPeer leaving = _shard.Connect(), staying = _shard.Connect(), writer = _shard.Connect();
        _shard.Call(leaving, "BLPOP k 0");
        _shard.Call(staying, "BLPOP k 0");
        leaving.Close();
        _shard.Network.RunUntilIdle();
        _shard.Call(writer, "RPUSH k 1");

        Assert.Equal("*2\r\n$1\r\nk\r\n$1\r\n1\r\n", staying.TakeText());
    }

    [Fact]
    public void Serving_one_may_serve_the_next()
    {
        SimulatedPeer first = _shard.Connect(), second = _shard.Connect(), writer = _shard.Connect();
        _shard.Call(first, "BLMOVE a b LEFT RIGHT 0");
        _shard.Call(second, "BLPOP b 0");
        _shard.Call(writer, "RPUSH a x");

        Assert.Equal("$1\r\nx\r\n", first.TakeText());
        Assert.Equal("*2\r\n$1\r\nb\r\n$1\r\nx\r\n", second.TakeText());
    }

    [Theory]
    [InlineData("CLIENT UNBLOCK 1", "*-1\r\n")]
    [InlineData("CLIENT UNBLOCK 1 TIMEOUT", "*-1\r\n")]
    [InlineData("CLIENT UNBLOCK 1 ERROR", "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n")]
    public void A_client_is_released_by_another(string command, string reply)
    {
        SimulatedPeer waiting = _shard.Connect(), other = _shard.Connect();
        _shard.Call(waiting, "BLPOP k 10");
        Assert.Contains("blocked_clients:1\r\n", _shard.Call(other, "INFO clients"), StringComparison.Ordinal);
        Assert.Equal(":1\r\n", _shard.Call(other, command));
        Assert.Equal(reply, waiting.TakeText());
        Assert.Equal(":0\r\n", _shard.Call(other, command));
        Assert.Equal("+PONG\r\n", _shard.Call(waiting, "PING"));
        Assert.Equal(0, _shard.Server.Blocked.Count);
    }
}
