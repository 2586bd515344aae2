namespace Keyway.Shard.Tests.Replication.Following;

public sealed class FollowerTests
{
    private const string Ping = "*1\r\n$4\r\nping\r\n";

    [Fact]
    public void A_master_that_becomes_a_replica_asks_to_go_on_from_its_own_history()
    {
        using var master = new PlayedMaster();
        string id = master.Info("replication", "master_replid");

        Assert.Equal($"{id} 1", master.Meet());
    }

    [Fact]
    public void Takes_the_masters_name_and_repeats_what_it_did()
    {
        using var master = new PlayedMaster();
        string before = master.Info("replication", "master_replid");
        master.Continue();

        master.SendCommand("SELECT 3");
        master.SendCommand("SET k v");
        master.SendCommand("NOSUCHCMD");

        Assert.Equal("up", master.Info("replication", "master_link_status"));
        Assert.Equal(PlayedMaster.Id, master.Info("replication", "master_replid"));
        Assert.Equal(before, master.Info("replication", "master_replid2"));
        Assert.Equal("1", master.Info("replication", "second_repl_offset"));
        Assert.Equal("69", master.Info("replication", "master_repl_offset"));
        Assert.Equal("1", master.Info("stats", "unexpected_error_replies"));
        Assert.Equal("+OK\r\n", master.Call("SELECT 3"));
        Assert.Equal("$1\r\nv\r\n", master.Call("GET k"));
        Assert.Equal("*5\r\n$5\r\nslave\r\n$9\r\n127.0.0.1\r\n:7000\r\n$9\r\nconnected\r\n:69\r\n", master.Call("ROLE"));
    }

    [Fact]
    public void A_stream_in_single_bytes_is_the_same_stream()
    {
        using var master = new PlayedMaster();
        master.Shard.Network.DeliverAtMost = 1;
        master.Continue();

        master.SendCommand("MULTI");
        master.SendCommand("SET a 1");
        master.SendCommand("INCR a");
        master.SendCommand("EXEC");

        Assert.Equal("$1\r\n2\r\n", master.Call("GET a"));
        Assert.Equal(master.Info("replication", "slave_read_repl_offset"), master.Info("replication", "slave_repl_offset"));
    }

    [Fact]
    public void A_transaction_counts_when_it_is_whole_and_is_asked_for_again_when_it_is_not()
    {
        using var master = new PlayedMaster();
        master.Continue();
        master.SendCommand("SET a 1");      // 27 bytes
        master.SendCommand("MULTI");
        master.SendCommand("INCR a");

        Assert.Equal("27", master.Info("replication", "slave_repl_offset"));
        Assert.Equal("63", master.Info("replication", "slave_read_repl_offset"));

        master.Wait(2);
        master.Link.Abort();
        Assert.Equal($"{PlayedMaster.Id} 28", master.Greet());
        Assert.Equal("$1\r\n1\r\n", master.Call("GET a"));
    }

    [Fact]
    public void Says_how_far_it_is_each_second_and_when_asked()
    {
        using var master = new PlayedMaster();
        master.Continue();
        master.Link.TakeText();

        master.Wait(1);
        Assert.Equal("*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$1\r\n0\r\n", master.Link.TakeText());

        master.Send(Ping + "*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n");
        Assert.Equal("*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$2\r\n14\r\n", master.Link.TakeText());
        Assert.Equal("51", master.Info("replication", "slave_repl_offset"));
    }

    [Fact]
    public void Connects_again_at_once_when_the_link_is_lost_and_then_once_a_second()
    {
        using var master = new PlayedMaster();
        master.Continue();
        master.Send(Ping);
        master.Wait(5);

        master.Link.Close();
        master.Shard.Network.RunUntilIdle();
        Assert.Equal(2, master.Links);
        Assert.Equal("down", master.Info("replication", "master_link_status"));

        master.Link.Close();
        master.Shard.Network.RunUntilIdle();
        Assert.Equal(2, master.Links);
        master.Wait(1);
        Assert.Equal(3, master.Links);
        Assert.Equal($"{PlayedMaster.Id} 15", master.Greet());
        Assert.Equal("1", master.Info("replication", "master_link_down_since_seconds"));
    }

    [Fact]
    public void A_master_that_says_nothing_any_more_is_left()
    {
        using var master = new PlayedMaster("--repl-timeout", "10");
        master.Continue();

        master.Wait(9);
        Assert.Equal(1, master.Links);
        master.Wait(3);
        Assert.Equal(2, master.Links);
    }

    [Fact]
    public void A_stream_that_is_none_is_not_gone_on_from()
    {
        using var master = new PlayedMaster();
        master.Continue();
        master.Wait(5);

        master.Send("PING\r\n");

        Assert.Equal(2, master.Links);
        Assert.Equal("? -1", master.Greet());
    }

    [Fact]
    public void Empty_lines_between_commands_mean_nothing()
    {
        using var master = new PlayedMaster();
        master.Continue();

        master.Send("\n\r\n");
        master.SendCommand("SET a 1");

        Assert.Equal("$1\r\n1\r\n", master.Call("GET a"));
        Assert.Equal("up", master.Info("replication", "master_link_status"));
    }

    [Fact]
    public void Promotion_keeps_the_history_up_to_here_and_begins_one_of_its_own()
    {
        using var master = new PlayedMaster();
        master.Continue();
        master.Send(Ping);

        Assert.Equal("+OK\r\n", master.Call("REPLICAOF NO ONE"));

        Assert.True(master.Link.IsClosed);
        Assert.Equal("master", master.Info("replication", "role"));
        Assert.Equal(PlayedMaster.Id, master.Info("replication", "master_replid2"));
        Assert.Equal("15", master.Info("replication", "second_repl_offset"));
        Assert.NotEqual(PlayedMaster.Id, master.Info("replication", "master_replid"));

        // Whoever goes on from here has not heard which database is meant.
        master.Call("SET a 1");
        Assert.Equal($"{14 + 23 + 27}", master.Info("replication", "master_repl_offset"));
    }

    [Theory]
    [InlineData("SET a 1")]
    [InlineData("DEL a")]
    [InlineData("FLUSHALL")]
    [InlineData("PFADD a b")]
    public void Clients_may_not_write_to_a_replica_unless_it_allows_that(string request)
    {
        using var master = new PlayedMaster("--save", "");
        master.Continue();

        Assert.Equal("-READONLY You can't write against a read only replica.\r\n", master.Call(request));
        master.Call("MULTI");
        Assert.Equal("-READONLY You can't write against a read only replica.\r\n", master.Call(request));
        Assert.StartsWith("-EXECABORT", master.Call("EXEC"), StringComparison.Ordinal);

        master.Call("CONFIG SET replica-read-only no");
        Assert.NotEqual('-', master.Call(request)[0]);
        Assert.Equal("0", master.Info("replication", "master_repl_offset"));
    }

    [Fact]
    public void Old_data_are_hidden_while_the_master_is_away_if_so_configured()
    {
        const string Down = "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.\r\n";
        using var master = new PlayedMaster("--replica-serve-stale-data", "no");
        master.Call("SET a 1");
        master.Meet();

        Assert.Equal(Down, master.Call("GET a"));
        Assert.Equal(Down, master.Call("PING"));
        Assert.StartsWith("*5\r\n", master.Call("ROLE"), StringComparison.Ordinal);
        Assert.Equal("slave", master.Info("replication", "role"));
        Assert.Equal("+OK\r\n", master.Call("MULTI"));
        Assert.Equal(Down, master.Call("GET a"));
        master.Call("DISCARD");

        master.Send($"+CONTINUE {PlayedMaster.Id}\r\n");
        Assert.Equal("$1\r\n1\r\n", master.Call("GET a"));
    }

    [Fact]
    public void Keys_end_with_their_masters_word_and_not_by_the_clock()
    {
        using var master = new PlayedMaster();
        master.Continue();
        long soon = master.Shard.Network.Time.GetUtcNow().ToUnixTimeMilliseconds() + 1_000;
        master.SendCommand("SELECT 0");
        master.SendCommand($"SET a 1 PXAT {soon}");
        Assert.Equal("$1\r\n1\r\n", master.Call("GET a"));

        master.Wait(5);
        master.Send(Ping);
        Assert.Equal("$-1\r\n", master.Call("GET a"));
        Assert.Equal(":0\r\n", master.Call("EXISTS a"));
        Assert.Equal(":-2\r\n", master.Call("TTL a"));
        Assert.Equal("*0\r\n", master.Call("KEYS *"));
        Assert.Equal(":1\r\n", master.Call("DBSIZE"));

        // To the master it is there until it says otherwise.
        master.SendCommand("INCR a");
        Assert.Equal(":1\r\n", master.Call("DBSIZE"));
        master.SendCommand("PERSIST a");
        Assert.Equal("$1\r\n2\r\n", master.Call("GET a"));
        master.SendCommand($"PEXPIREAT a {soon}");
        Assert.Equal("$-1\r\n", master.Call("GET a"));
        master.SendCommand("DEL a");
        Assert.Equal(":0\r\n", master.Call("DBSIZE"));
        Assert.Equal("0", master.Info("stats", "expired_keys"));
    }

    [Fact]
    public void A_writable_replica_ends_what_its_own_clients_gave_a_time()
    {
        using var master = new PlayedMaster("--replica-read-only", "no");
        master.Continue();
        master.SendCommand("SELECT 0");
        master.SendCommand($"SET masters 1 PXAT {master.Shard.Network.Time.GetUtcNow().ToUnixTimeMilliseconds() + 1_000}");
        master.Call("SET own 1 EX 1");
        master.Call("SET kept 1 EX 1");
        master.Call("PERSIST kept");
        Assert.NotEqual("0", master.Info("stats", "slave_expires_tracked_keys"));

        master.Wait(3);
        master.Send(Ping);

        Assert.Equal("0", master.Info("stats", "slave_expires_tracked_keys"));
        Assert.Equal(":2\r\n", master.Call("DBSIZE"));
        Assert.Equal("$1\r\n1\r\n", master.Call("GET kept"));
        Assert.Equal("$-1\r\n", master.Call("GET masters"));
        Assert.Equal("1", master.Info("stats", "expired_keys"));
    }

    [Fact]
    public void A_replica_evicts_nothing_unless_so_configured()
    {
        using var master = new PlayedMaster("--maxmemory", "700kb", "--maxmemory-policy", "allkeys-lru");
        master.Continue();

        string value = new('x', 1000);
        for (int i = 0; i < 400; i++) master.SendCommand($"SET key:{i} {value}");
        Assert.Equal(":400\r\n", master.Call("DBSIZE"));
        Assert.Equal("0", master.Info("stats", "evicted_keys"));

        master.Call("CONFIG SET replica-ignore-maxmemory no");
        master.Call("PING");
        Assert.NotEqual("0", master.Info("stats", "evicted_keys"));
    }

    [Fact]
    public void Who_waits_for_a_key_is_told_when_the_master_becomes_a_replica()
    {
        using var master = new PlayedMaster();
        var waiting = master.Shard.Connect();
        master.Shard.Call(waiting, "BLPOP a 0");

        master.Call("REPLICAOF 127.0.0.1 7000");
        master.Shard.Network.RunUntilIdle();

        Assert.Equal("-UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)\r\n", waiting.TakeText());
        Assert.True(waiting.IsClosed);
    }

    [Theory]
    [InlineData("REPLICAOF localhost x", "-ERR Invalid master port\r\n")]
    [InlineData("REPLICAOF localhost -1", "-ERR Invalid master port\r\n")]
    [InlineData("REPLICAOF localhost 65536", "-ERR Invalid master port\r\n")]
    [InlineData("SLAVEOF no ONE", "+OK\r\n")]
    [InlineData("REPLICAOF", "-ERR wrong number of arguments for 'replicaof' command\r\n")]
    public void Refuses_what_is_no_address(string request, string reply)
    {
        using var master = new PlayedMaster();

        Assert.Equal(reply, master.Call(request));
        Assert.Equal("master", master.Info("replication", "role"));
    }

    [Fact]
    public void Following_the_same_master_again_changes_nothing()
    {
        using var master = new PlayedMaster();
        master.Continue();

        Assert.Equal("+OK Already connected to specified master\r\n", master.Call("REPLICAOF 127.0.0.1 7000"));

        Assert.Equal(1, master.Links);
        Assert.Equal("*2\r\n$9\r\nreplicaof\r\n$14\r\n127.0.0.1 7000\r\n", master.Call("CONFIG GET replicaof"));
    }

    [Fact]
    public void Follows_whom_the_configuration_names_once_it_serves()
    {
        using var master = new PlayedMaster("--replicaof", "127.0.0.1", "7000");
        Assert.Equal("connect", Role(master));

        master.Wait(1);

        Assert.Equal("? -1", master.Greet());
        Assert.Equal("handshake", Role(master));
    }

    [Fact]
    public void The_master_is_a_client_that_can_be_listed_and_killed()
    {
        using var master = new PlayedMaster();
        master.Continue();
        master.Wait(2);

        string list = master.Call("CLIENT LIST TYPE master");
        Assert.Contains(" flags=M ", list, StringComparison.Ordinal);
        Assert.Contains(" addr=127.0.0.1:7000 ", list, StringComparison.Ordinal);

        Assert.Equal(":1\r\n", master.Call("CLIENT KILL TYPE master"));
        Assert.Equal(2, master.Links);
        Assert.Equal($"{PlayedMaster.Id} 1", master.Greet());
    }

    [Fact]
    public void A_master_may_not_say_whom_its_replica_follows()
    {
        using var master = new PlayedMaster();
        master.Continue();

        master.SendCommand("REPLICAOF NO ONE");
        master.SendCommand("SET a 1");

        Assert.Equal("slave", master.Info("replication", "role"));
        Assert.Equal("$1\r\n1\r\n", master.Call("GET a"));
    }

    private static string Role(PlayedMaster master) => master.Call("ROLE").Split("\r\n")[7];
}
