using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Shard.Replication;

namespace Keyway.Shard.Tests.Replication.Serving;

/// <summary>What a master says to those that follow it, and to others about them, as far as no snapshot is needed for it.</summary>
public sealed class ServingTests : IDisposable
{
    private const string GetAck = "*3|$8|REPLCONF|$6|GETACK|$1|*|";
    private const string Ping = "*1|$4|ping|";

    private readonly TestShard _shard = new("--repl-diskless-sync-delay", "100000");
    private readonly SimulatedPeer _client;

    public ServingTests()
    {
        _client = _shard.Connect();
    }

    private ReplicationHistory History => _shard.Server.History;

    [Fact]
    public void The_first_that_asks_for_everything_begins_a_history_and_hears_that_it_must_wait()
    {
        string before = History.Id;
        SimulatedPeer peer = ConnectReplica();

        Assert.Equal("", _shard.Call(peer, "PSYNC ? -1"));
        Assert.NotEqual(before, History.Id);
        Assert.NotNull(History.Log);
        _shard.Network.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("\n\n\n", peer.TakeText());
        Assert.Contains("slave0:ip=127.0.0.1,port=7000,state=wait_bgsave,offset=0,lag=0\r\n", _shard.Call(_client, "INFO replication"), StringComparison.Ordinal);
        Assert.EndsWith("\r\n*0\r\n", _shard.Call(_client, "ROLE"), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_lacks_only_what_is_kept_goes_on_and_follows()
    {
        SimulatedPeer peer = Follow();
        Call("SET a 1");
        Call("SELECT 3");
        Call("SET b 2");
        Assert.Equal("*2|$6|SELECT|$1|0|*3|$3|SET|$1|a|$1|1|*2|$6|SELECT|$1|3|*3|$3|SET|$1|b|$1|2|", Text(peer));

        // A second one gets the same again, from the middle.
        SimulatedPeer other = Follow(nextByte: 24);
        Assert.Equal("*3|$3|SET|$1|a|$1|1|*2|$6|SELECT|$1|3|*3|$3|SET|$1|b|$1|2|", Text(other));
        Call("DEL b");
        Assert.Equal("*2|$3|DEL|$1|b|", Text(peer));
        Assert.Equal("*2|$3|DEL|$1|b|", Text(other));
        Assert.Contains("sync_partial_ok:2\r\n", Call("INFO stats"), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_has_everything_gets_nothing_and_who_has_more_gets_no_continuation()
    {
        Follow();
        Call("SET a 1");
        Follow(History.Offset + 1);

        SimulatedPeer ahead = ConnectReplica();
        Assert.Equal("", _shard.Call(ahead, $"PSYNC {History.Id} {History.Offset + 2}"));
        Assert.Contains("sync_partial_err:1\r\n", Call("INFO stats"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_goes_to_replicas_too()
    {
        SimulatedPeer peer = Follow();
        Call("PUBLISH ch m");
        Assert.Equal("*2|$6|SELECT|$1|0|*3|$7|PUBLISH|$2|ch|$1|m|", Text(peer));
    }

    [Fact]
    public void WAIT_asks_for_acknowledgements_once_and_ends_when_enough_have_come()
    {
        SimulatedPeer peer = Follow();
        SimulatedPeer other = _shard.Connect();
        Assert.Equal(":1\r\n", Call("WAIT 0 0"));
        Assert.Equal(":1\r\n", _shard.Call(other, "WAIT 1 0"));        // it has written nothing

        Call("SET a 1");
        long written = History.Offset;
        Assert.Equal("", Call("WAIT 1 0"));
        Assert.EndsWith(GetAck, Text(peer), StringComparison.Ordinal);
        Assert.Equal("", _shard.Call(peer, $"REPLCONF ACK {written - 1}"));
        Assert.Equal("", _client.TakeText());
        _shard.Call(peer, $"REPLCONF ACK {written}");
        Assert.Equal(":1\r\n", _client.TakeText());
    }

    [Fact]
    public void WAIT_answers_with_what_there_is_when_its_time_is_over_or_it_may_not_wait()
    {
        SimulatedPeer peer = Follow();
        Call("SET a 1");
        Assert.Equal("", Call("WAIT 2 500"));
        _shard.Call(peer, $"REPLCONF ACK {History.Offset}");
        Assert.Equal("", _client.TakeText());
        _shard.Network.Advance(TimeSpan.FromMilliseconds(600));
        Assert.Equal(":1\r\n", _client.TakeText());

        Call("SET a 2");
        Call("MULTI");
        Call("WAIT 2 0");
        Assert.Equal("*1\r\n:0\r\n", Call("EXEC"));       // the last write is one that nobody has acknowledged
    }

    [Fact]
    public void A_client_in_WAIT_can_be_released()
    {
        Follow();
        Call("SET a 1");
        string id = Call("CLIENT ID")[1..^2];
        Assert.Equal("", Call("WAIT 2 0"));
        SimulatedPeer other = _shard.Connect();
        Assert.Contains("blocked_clients:1\r\n", _shard.Call(other, "INFO clients"), StringComparison.Ordinal);
        Assert.Equal(":1\r\n", _shard.Call(other, $"CLIENT UNBLOCK {id}"));
        Assert.Equal(":0\r\n", _client.TakeText());
    }

    [Fact]
    public void Writes_need_as_many_good_replicas_as_are_asked_for()
    {
        Call("CONFIG SET min-replicas-to-write 1");
        Assert.Equal("-NOREPLICAS Not enough good replicas to write.\r\n", Call("SET a 1"));
        Assert.StartsWith("$-1", Call("GET a"), StringComparison.Ordinal);

        SimulatedPeer peer = Follow();
        Assert.Equal("+OK\r\n", Call("SET a 1"));
        Assert.Contains("min_slaves_good_slaves:1\r\n", Call("INFO replication"), StringComparison.Ordinal);

        _shard.Network.Advance(TimeSpan.FromSeconds(13));
        Assert.StartsWith("-NOREPLICAS", Call("SET a 1"), StringComparison.Ordinal);
        _shard.Call(peer, $"REPLCONF ACK {History.Offset}");
        _shard.Network.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("+OK\r\n", Call("SET a 1"));
    }

    [Fact]
    public void Replicas_are_pinged_and_the_silent_ones_dropped()
    {
        SimulatedPeer peer = Follow();
        for (int i = 0; i < 9; i++) _shard.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("", Text(peer));       // a whole period first: what only one of several replicas has yet is no common past

        for (int i = 0; i < 50; i++) _shard.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(string.Concat(Enumerable.Repeat(Ping, 5)), Text(peer));
        Assert.False(peer.IsClosed);

        _shard.Network.Advance(TimeSpan.FromSeconds(5));
        Assert.True(peer.IsClosed);
        Assert.Contains("connected_slaves:1\r\n", Call("INFO replication"), StringComparison.Ordinal);      // the one that waits for a snapshot
    }

    [Theory]
    [InlineData("PING")]
    [InlineData("GET a")]
    [InlineData("NOSUCH")]
    [InlineData("REPLCONF capa eof")]
    [InlineData("SUBSCRIBE ch")]
    public void A_replica_that_does_what_needs_a_reply_is_dropped(string command)
    {
        SimulatedPeer peer = Follow();
        Assert.Equal("", _shard.Call(peer, command));
        Assert.True(peer.IsClosed);
    }

    [Fact]
    public void What_came_before_must_have_been_answered_before_the_stream_begins()
    {
        SimulatedPeer peer = _shard.Connect();
        Assert.Equal("+PONG\r\n-ERR SYNC and PSYNC are invalid with pending output\r\n", _shard.Send(peer, TestShard.Encode("PING") + TestShard.Encode("PSYNC ? -1")));
    }

    [Fact]
    public void A_replica_that_does_not_read_is_dropped_at_its_limit_and_not_below_the_backlog()
    {
        Call("CONFIG SET client-output-buffer-limit", "replica 200000 0 0");
        SimulatedPeer peer = Follow();
        peer.StopReading();
        string value = new('x', 50_000);
        for (int i = 0; i < 15; i++) Call($"SET a {value}");
        Assert.Contains("connected_slaves:2", Call("INFO replication"), StringComparison.Ordinal);
        for (int i = 0; i < 15; i++) Call($"SET a {value}");
        Assert.Contains("connected_slaves:1\r\n", Call("INFO replication"), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_replicas_for_long_nothing_is_kept_and_nobody_can_go_on()
    {
        Call("CONFIG SET repl-backlog-ttl 5");
        SimulatedPeer peer = Follow();
        foreach (SimulatedPeer each in _peers) each.Close();
        string before = History.Id;
        _shard.Network.Advance(TimeSpan.FromSeconds(4));
        Assert.NotNull(History.Log);
        _shard.Network.Advance(TimeSpan.FromSeconds(4));
        Assert.Null(History.Log);
        Assert.NotEqual(before, History.Id);
        Assert.Contains("repl_backlog_active:0\r\n", Call("INFO replication"), StringComparison.Ordinal);
    }

    [Fact]
    public void ROLE_and_CLIENT_LIST_show_who_follows()
    {
        SimulatedPeer peer = Follow();
        Call("SET a 1");
        _shard.Call(peer, "REPLCONF ACK 5");
        Assert.Equal("*3|$6|master|:50|*1|*3|$9|127.0.0.1|$4|7000|$1|5|", Call("ROLE").Replace("\r\n", "|", StringComparison.Ordinal));
        string list = Call("CLIENT LIST TYPE replica");
        Assert.Contains(" flags=S ", list, StringComparison.Ordinal);
        Assert.Contains(" cmd=replconf ", list, StringComparison.Ordinal);
        Assert.Equal(":2\r\n", Call("CLIENT KILL TYPE replica"));
        Assert.True(peer.IsClosed);
    }

    [Fact]
    public void A_pause_holds_no_replica()
    {
        SimulatedPeer peer = Follow();
        Call("SET a 1");
        Assert.Equal("", Call("WAIT 1 0"));
        _shard.Call(_shard.Connect(), "CLIENT PAUSE 100000 ALL");
        _shard.Call(peer, $"REPLCONF ACK {History.Offset}");
        Assert.Equal(":1\r\n", _client.TakeText());
    }

    [Fact]
    public void A_failover_puts_writes_off_until_it_is_given_up()
    {
        SimulatedPeer peer = Follow();
        Call("SET a 1");
        SimulatedPeer writer = _shard.Connect();
        Assert.Equal("-ERR FAILOVER target HOST and PORT is not a replica.\r\n", Call("FAILOVER TO 127.0.0.1 1"));
        Assert.Equal("+OK\r\n", Call("FAILOVER TO 127.0.0.1 7000 TIMEOUT 1000"));
        Assert.Equal("-ERR FAILOVER already in progress.\r\n", Call("FAILOVER"));
        Assert.Contains("master_failover_state:waiting-for-sync\r\n", Call("INFO replication"), StringComparison.Ordinal);
        Assert.Equal("", _shard.Call(writer, "SET a 2"));
        _shard.Network.Advance(TimeSpan.FromMilliseconds(1100));
        Assert.Equal("+OK\r\n", writer.TakeText());
        Assert.Contains("master_failover_state:no-failover\r\n", Call("INFO replication"), StringComparison.Ordinal);
        Assert.Equal("-ERR No failover in progress.\r\n", Call("FAILOVER ABORT"));
    }

    public void Dispose() => _shard.Dispose();

    private readonly List<SimulatedPeer> _peers = [];

    /// <summary>A replica that has all up to this byte. The first makes the master begin a history, by asking for everything on a connection of its own.</summary>
    private SimulatedPeer Follow(long nextByte = 1)
    {
        if (History.Log == null)
        {
            SimulatedPeer first = ConnectReplica(port: 7001);
            _shard.Call(first, "PSYNC ? -1");
            _peers.Add(first);
        }

        SimulatedPeer peer = ConnectReplica();
        string answer = _shard.Call(peer, $"PSYNC {History.Id} {nextByte}");
        Assert.StartsWith($"+CONTINUE {History.Id}\r\n", answer, StringComparison.Ordinal);
        _left[peer] = answer[(answer.IndexOf('\n') + 1)..];
        _peers.Add(peer);
        return peer;
    }

    private SimulatedPeer ConnectReplica(int port = 7000)
    {
        SimulatedPeer peer = _shard.Connect();
        Assert.Equal("+OK\r\n", _shard.Call(peer, $"REPLCONF listening-port {port} capa eof capa psync2"));
        return peer;
    }

    private readonly Dictionary<SimulatedPeer, string> _left = [];

    private string Call(string request) => _shard.Call(_client, request);

    private string Call(string command, string lastArgument) =>
        _shard.Send(_client, Encoding.Latin1.GetString(Testing.RealServers.RespClient.Encode([.. command.Split(' '), lastArgument])));

    private string Text(SimulatedPeer peer)
    {
        string text = (_left.Remove(peer, out string? left) ? left : "") + peer.TakeText();
        return text.Replace("\r\n", "|", StringComparison.Ordinal);
    }
}
