using Keyway.Gateway.Local;
using Keyway.Gateway.Tests.Harness;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Tests.Transactions;

/// <summary>MULTI … EXEC as one request on a shared link.</summary>
public class TransactionTests
{
    private const string ExecAbort = "-EXECABORT Transaction discarded because of previous errors.\r\n";

    [Fact]
    public void Nothing_leaves_before_EXEC_and_then_all_at_once()
    {
        TestGateway gateway = FakeMulti.Gateway();
        TestClient client = gateway.Connect();
        Assert.Equal("+OK\r\n", client.Ask("MULTI"));
        Assert.Equal("+QUEUED\r\n", client.Ask("SET a:1 x"));
        Assert.Equal("+QUEUED\r\n", client.Ask("GET a:2"));
        Assert.Empty(gateway.Shard("a").Log);
        Assert.Equal("*2\r\n+SET a:1 x\r\n+GET a:2\r\n", client.Ask("EXEC"));
        Assert.Equal(["MULTI", "SET a:1 x", "GET a:2", "EXEC"], gateway.Shard("a").Log);
        Assert.Equal("-ERR EXEC without MULTI\r\n", client.Ask("EXEC"));
    }

    [Fact]
    public void Others_requests_stand_before_and_behind_a_transaction_and_never_within_it()
    {
        TestGateway gateway = FakeMulti.Gateway();
        gateway.Shard("a").Transactions!.Ran.Clear();
        TestClient[] clients = [gateway.Connect(), gateway.Connect(), gateway.Connect()];
        clients[0].Send("MULTI", "SET a:1 x");
        clients[1].Send("GET a:1", "MULTI", "INCR a:2");
        clients[2].Send("GET a:2");
        clients[0].Send("GET a:3", "EXEC", "GET a:4");
        clients[1].Send("INCR a:3", "EXEC", "GET a:5");
        clients[0].Received("+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+SET a:1 x\r\n+GET a:3\r\n+GET a:4\r\n");
        clients[1].Received("+GET a:1\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+INCR a:2\r\n+INCR a:3\r\n+GET a:5\r\n");
        clients[2].Received("+GET a:2\r\n");
        Assert.Equal(
            ["GET a:1", "GET a:2", "MULTI", "SET a:1 x", "GET a:3", "EXEC", "GET a:4", "MULTI", "INCR a:2", "INCR a:3", "EXEC", "GET a:5"],
            gateway.Shard("a").Log);
        Assert.Single(gateway.Shard("a").Links);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public void Everybody_gets_his_own_replies_however_the_bytes_come(int atMost)
    {
        TestGateway gateway = FakeMulti.Gateway();
        gateway.Network.DeliverAtMost = atMost;
        TestClient[] clients = [.. Enumerable.Range(0, 3).Select(_ => gateway.Connect())];
        string[] expected = ["", "", ""];
        for (int round = 0; round < 5; round++)
        {
            for (int i = 0; i < clients.Length; i++)
            {
                string tag = $"a:{round}-{i}";
                clients[i].SendRaw(string.Concat(new[] { $"GET {tag}", "MULTI", $"GET {tag}1", "PING", $"INCR {tag}2", "EXEC", $"GET {tag}3", "MULTI", $"GET {tag}4", "EXEC" }
                    .Select(request => TestClient.Encode(request.Split(' ')))));
                expected[i] += $"+GET {tag}\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n+GET {tag}1\r\n+PONG\r\n+INCR {tag}2\r\n+GET {tag}3\r\n+OK\r\n+QUEUED\r\n*1\r\n+GET {tag}4\r\n";
            }
        }
        for (int i = 0; i < clients.Length; i++) clients[i].Received(expected[i]);
    }

    [Fact]
    public void What_is_refused_while_queueing_spoils_it_as_in_Redis()
    {
        TestGateway gateway = FakeMulti.Gateway();
        TestClient client = gateway.Connect();
        foreach ((string request, string refusal) in new[]
        {
            ("GET", "-ERR wrong number of arguments for 'get' command\r\n"),
            ("NOSUCH x", "-ERR unknown command 'NOSUCH', with args beginning with: 'x' \r\n"),
            ("CLIENT NOSUCH", "-ERR unknown subcommand 'NOSUCH'. Try CLIENT HELP.\r\n"),
            ("CONFIG SET dir /tmp", "-ERR command 'config set' is refused inside a transaction by this gateway\r\n"),
            ("CLIENT LIST", "-ERR command 'client list' is refused inside a transaction by this gateway\r\n"),
            ("DBSIZE", "-ERR command 'dbsize' is refused inside a transaction by this gateway\r\n"),
            ("SUNION a:1 b:1", "-CROSSSLOT Keys in request don't hash to the same slot\r\n"),
            ("GET b:1", "-CROSSSLOT Keys in request don't hash to the same slot\r\n"),
        })
        {
            Assert.Equal("+OK\r\n", client.Ask("MULTI"));
            Assert.Equal("+QUEUED\r\n", client.Ask("SET a:1 x"));
            Assert.Equal(refusal, client.Ask(request));
            Assert.Equal("+QUEUED\r\n", client.Ask("SET a:2 x"));
            Assert.Equal(ExecAbort, client.Ask("EXEC"));
            Assert.Equal("-ERR EXEC without MULTI\r\n", client.Ask("EXEC"));
        }
        Assert.Empty(gateway.Shard("a").Log);
        Assert.Equal("+GET a:1\r\n", client.Ask("GET a:1"));
    }

    [Fact]
    public void What_does_not_spoil_it_in_Redis_does_not_here()
    {
        TestGateway gateway = FakeMulti.Gateway();
        TestClient client = gateway.Connect();
        client.Send("MULTI", "MULTI", "WATCH a:1", "GET a:1", "EXEC");
        client.Received("+OK\r\n-ERR MULTI calls can not be nested\r\n-ERR WATCH inside MULTI is not allowed\r\n+QUEUED\r\n*1\r\n+GET a:1\r\n");
        client.Send("DISCARD", "MULTI", "GET a:1", "DISCARD", "EXEC x", "MULTI", "EXEC x", "EXEC", "MULTI", "GET a:1", "RESET", "EXEC");
        const string arity = "-EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command\r\n";
        client.Received("-ERR DISCARD without MULTI\r\n+OK\r\n+QUEUED\r\n+OK\r\n" + arity + "+OK\r\n" + arity + "-ERR EXEC without MULTI\r\n+OK\r\n+QUEUED\r\n+RESET\r\n-ERR EXEC without MULTI\r\n");
        client.Send("MULTI", "GET a:1", "QUIT");
        client.Received("+OK\r\n+QUEUED\r\n+OK\r\n");
        Assert.True(client.IsClosed || client.Peer.InputEnded);
    }

    [Fact]
    public void The_gateways_own_answers_stand_at_their_places()
    {
        TestGateway gateway = FakeMulti.Gateway();
        TestClient client = gateway.Connect();
        client.Send("MULTI", "ECHO 1", "GET a:1", "CLIENT SETNAME bob", "PING", "GET a:2", "CLIENT GETNAME", "EXEC", "CLIENT GETNAME");
        client.Received("+OK\r\n" + string.Concat(Enumerable.Repeat("+QUEUED\r\n", 6)) + "*6\r\n$1\r\n1\r\n+GET a:1\r\n+OK\r\n+PONG\r\n+GET a:2\r\n$3\r\nbob\r\n$3\r\nbob\r\n");
        Assert.Equal(["MULTI", "GET a:1", "GET a:2", "EXEC"], gateway.Shard("a").Log);
    }

    [Fact]
    public void A_transaction_of_the_gateways_own_commands_needs_no_shard()
    {
        TestGateway gateway = FakeMulti.Gateway();
        TestClient client = gateway.Connect();
        client.Send("MULTI", "EXEC", "MULTI", "PING", "SELECT 1", "UNWATCH", "CLIENT SETNAME x", "EXEC", "CLIENT GETNAME");
        client.Received("+OK\r\n*0\r\n+OK\r\n" + string.Concat(Enumerable.Repeat("+QUEUED\r\n", 4)) + "*4\r\n+PONG\r\n+OK\r\n+OK\r\n+OK\r\n$1\r\nx\r\n");
        Assert.Empty(gateway.Shard("a").Log);
        Assert.Equal("+GET a:1\r\n", client.Ask("GET a:1"));
        Assert.Contains("SELECT 1", gateway.Shard("a").Handshakes);
    }

    [Fact]
    public void What_the_gateways_own_commands_set_holds_for_what_follows_and_not_for_a_transaction_that_did_not_run()
    {
        TestGateway gateway = FakeMulti.Gateway();
        FakeShard shard = gateway.Shard("a");
        TestClient client = gateway.Connect();
        client.Send("WATCH a:1");
        shard.Transactions!.Touch("a:1");
        client.Send("MULTI", "CLIENT SETNAME bob", "GET a:1", "EXEC", "CLIENT GETNAME");
        client.Received("+OK\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n*-1\r\n$-1\r\n");
    }

    [Fact]
    public void SELECT_inside_takes_a_link_of_its_own_which_is_turned_back()
    {
        TestGateway gateway = FakeMulti.Gateway();
        FakeShard shard = gateway.Shard("a");
        TestClient client = gateway.Connect();
        TestClient other = gateway.Connect();
        client.Send("GET a:0", "MULTI", "SET a:1 x", "SELECT 3", "SET a:2 x", "SELECT 99", "EXEC", "GET a:3");
        other.Send("GET a:9");
        client.Received("+GET a:0\r\n+OK\r\n" + string.Concat(Enumerable.Repeat("+QUEUED\r\n", 4)) + "*4\r\n+SET a:1 x\r\n+OK\r\n+SET a:2 x\r\n-ERR DB index is out of range\r\n+GET a:3\r\n");
        other.Received("+GET a:9\r\n");
        Assert.Contains("MULTI,SET a:1 x,SELECT 3,SET a:2 x,EXEC", string.Join(',', shard.Log));

        // db 0, what turned its own link back, and db 3 for what came behind.
        Assert.Equal(["SELECT 0", "SELECT 3"], shard.Handshakes.Where(request => request.StartsWith("SELECT")));
        Assert.Equal(3, shard.Links.Count);
        gateway.Advance(11_000);
        Assert.Equal(2, shard.Links.Count);
    }

    [Fact]
    public void A_transaction_over_64_KB_goes_whole_on_a_link_of_its_own_and_one_over_the_limit_is_refused()
    {
        TestGateway gateway = FakeMulti.Gateway();
        FakeShard shard = gateway.Shard("a");
        TestClient client = gateway.Connect();
        client.Send("GET a:1", "MULTI");
        for (int i = 0; i < 3; i++) client.Send($"SET a:{i} {new string('x', 30_000)}");
        client.Send("EXEC");
        Assert.EndsWith("*3\r\n+SET a:0 <30000 bytes>\r\n+SET a:1 <30000 bytes>\r\n+SET a:2 <30000 bytes>\r\n", client.Take());
        Assert.Equal(2, shard.Links.Count);

        client.Send("MULTI");
        for (int i = 0; i < 40; i++) client.Send($"SET a:{i} {new string('x', 30_000)}");
        client.Send("EXEC");
        string replies = client.Take();
        Assert.Contains("-ERR transaction too large: it passes 'max_transaction'\r\n", replies);
        Assert.EndsWith(ExecAbort, replies);
        Assert.Equal(0, gateway.Server.Loops[0].Pools[0].CollectedBytes);
        Assert.Equal("+GET a:1\r\n", client.Ask("GET a:1"));
    }

    [Fact]
    public void A_command_too_large_to_be_queued_is_not_even_collected()
    {
        TestGateway gateway = FakeMulti.Gateway();
        TestClient client = gateway.Connect();
        client.Send("MULTI");
        client.SendRaw("*3\r\n$3\r\nSET\r\n$3\r\na:1\r\n$5000000\r\n");
        for (int i = 0; i < 50; i++) client.SendRaw(new string('x', 100_000));
        Assert.Equal(0, gateway.Server.Loops[0].Pools[0].CollectedBytes);
        client.SendRaw("\r\n");
        client.Send("GET a:2", "EXEC", "GET a:1");
        client.Received("+OK\r\n-ERR transaction too large: it passes 'max_transaction'\r\n+QUEUED\r\n" + ExecAbort + "+GET a:1\r\n");
    }

    [Fact]
    public void What_the_shard_refuses_while_queueing_aborts_it()
    {
        TestGateway gateway = FakeMulti.Gateway();
        FakeTransactions transactions = gateway.Shard("a").Transactions!;
        transactions.Refusal = request => request.StartsWith("SET") ? "-OOM command not allowed when used memory > 'maxmemory'.\r\n" : null;
        TestClient client = gateway.Connect();
        client.Send("MULTI", "GET a:1", "SET a:1 x", "EXEC", "GET a:2");
        client.Received("+OK\r\n+QUEUED\r\n+QUEUED\r\n" + ExecAbort + "+GET a:2\r\n");
        Assert.Equal(["GET a:2"], transactions.Ran);
    }

    [Fact]
    public void A_shard_that_refuses_MULTI_has_run_the_commands_one_by_one_and_the_client_hears_of_doubt()
    {
        TestGateway gateway = FakeMulti.Gateway();
        FakeTransactions transactions = gateway.Shard("a").Transactions!;
        transactions.MultiRefusal = "-NOPERM this user has no permissions to run the 'multi' command\r\n";
        TestClient client = gateway.Connect();
        client.Send("MULTI", "GET a:1", "SET a:1 x", "EXEC", "GET a:2");
        client.Received("+OK\r\n+QUEUED\r\n+QUEUED\r\n-UNCERTAIN shard 'a' gave no reply (it refuses MULTI: NOPERM this user has no permissions to run the 'multi' command); may have been executed\r\n+GET a:2\r\n");
    }

    [Fact]
    public void A_large_reply_streams_and_others_go_elsewhere_meanwhile()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        FakeShard shard = gateway.Shard("a");
        TestClient client = gateway.Connect();
        TestClient other = gateway.Connect();
        client.Send("MULTI", "GET a:1", "EXEC");
        shard.SendPart("+OK\r\n+QUE");
        shard.SendPart("UED\r\n*1\r\n$600000\r\n" + new string('x', 300_000));
        Assert.StartsWith("+OK\r\n+QUEUED\r\n*1\r\n$600000\r\nxxx", client.Take());
        other.Send("GET a:2");
        Assert.Equal(2, shard.Links.Count);
        shard.ReplyTo("GET a:2", "$1\r\n2\r\n");
        other.Received("$1\r\n2\r\n");
        shard.SendPart(new string('x', 300_000) + "\r\n");
        Assert.EndsWith("xxx\r\n", client.Take());
    }

    [Fact]
    public void A_large_reply_with_answers_of_the_gateway_is_collected_within_its_limit()
    {
        TestGateway gateway = TestGateway.With(["a"], options => options with { Pools = [options.Pools[0] with { MaxCollected = 1_000_000 }] });
        FakeShard shard = gateway.Shard("a");
        TestClient client = gateway.Connect();
        client.Send("MULTI", "PING", "GET a:1", "EXEC", "PING");
        shard.SendPart("+OK\r\n+QUEUED\r\n*1\r\n$600000\r\n" + new string('x', 300_000));
        client.Received("+OK\r\n+QUEUED\r\n+QUEUED\r\n");
        shard.SendPart(new string('x', 300_000) + "\r\n");
        string reply = client.Take();
        Assert.StartsWith("*2\r\n+PONG\r\n$600000\r\nxxx", reply);
        Assert.EndsWith("xxx\r\n+PONG\r\n", reply);

        client.Send("MULTI", "PING", "GET a:1", "EXEC");
        shard.ForgetWaiting();
        shard.ForgetWaiting();
        shard.ForgetWaiting();
        shard.SendPart("+OK\r\n+QUEUED\r\n*1\r\n$2000000\r\n" + new string('x', 1_100_000));
        gateway.Settle();
        Assert.True(client.IsClosed);
    }

    [Theory]
    [InlineData("EVAL x 0")]
    [InlineData("PUBLISH c m")]
    [InlineData("WAIT 1 0")]
    public void A_command_without_keys_goes_where_the_others_go(string request)
    {
        TestGateway gateway = FakeMulti.Gateway();
        TestClient client = gateway.Connect();
        client.Send("MULTI", request, "GET b:1", "EXEC");
        client.Received($"+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+{request}\r\n+GET b:1\r\n");
        Assert.Empty(gateway.Shard("a").Log);
    }

    [Fact]
    public void Whatever_the_gateway_answers_itself_stands_in_its_place_or_is_refused()
    {
        TestGateway gateway = TestGateway.With(["a"], loops: 2);
        FakeMulti.Teach(gateway.Shard("a"));
        foreach (string name in LocalCommands.Names)
        {
            if (name is "quit" or "reset" or "client|reply") continue;
            TestClient client = gateway.Connect();
            Command row = CommandTable.All.First(command => command.Name == name);
            string[] words = [.. name.Split('|'), .. Enumerable.Repeat("x", Math.Abs(row.Arity))];
            client.Send("MULTI", string.Join(' ', words[..Math.Max(name.Split('|').Length, Math.Abs(row.Arity))]), "GET a:1", "EXEC", "PING");
            string replies = client.Take();
            bool isRefused = replies.StartsWith("+OK\r\n-ERR ", StringComparison.Ordinal) && replies.EndsWith(ExecAbort + "+PONG\r\n", StringComparison.Ordinal);
            bool isServed = replies.StartsWith("+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n", StringComparison.Ordinal) && replies.EndsWith("+GET a:1\r\n+PONG\r\n", StringComparison.Ordinal);
            Assert.True(isRefused || isServed, $"{name}: {replies}");
        }
    }

    [Fact]
    public void A_script_that_the_gateway_remembers_is_sent_along()
    {
        TestGateway gateway = FakeMulti.Gateway("a");
        FakeShard shard = gateway.Shard("a");
        const string sha = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db";
        shard.Transactions!.IsOther = request => request.StartsWith("SCRIPT", StringComparison.Ordinal);
        shard.Answer = request => request.StartsWith("SCRIPT", StringComparison.Ordinal) ? $"$40\r\n{sha}\r\n" : null;
        TestClient client = gateway.Connect();
        client.Send("SCRIPT LOAD return-1");
        client.Received($"$40\r\n{sha}\r\n");
        client.Send("MULTI", $"EVALSHA {sha} 1 a:1 x", $"EVALSHA {new string('0', 40)} 1 a:1", $"evalsha_ro {sha} 0", "EXEC");
        client.Take();
        Assert.Equal(["MULTI", "EVAL return-1 1 a:1 x", $"EVALSHA {new string('0', 40)} 1 a:1", "EVAL_RO return-1 0", "EXEC"], shard.Log.Skip(1));
    }

    [Fact]
    public void What_would_block_does_not_and_keys_that_cannot_be_found_are_an_error_at_their_place()
    {
        TestGateway gateway = FakeMulti.Gateway();
        TestClient client = gateway.Connect();
        client.Send("MULTI", "BLPOP a:1 0", "XREAD BLOCK 0 STREAMS a:1 0", "ZUNION 0 a:1", "EXEC");
        client.Received("+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n+BLPOP a:1 0\r\n+XREAD BLOCK 0 STREAMS a:1 0\r\n-ERR at least 1 input key is needed for 'zunion' command\r\n");
    }

    [Fact]
    public void A_client_that_leaves_before_EXEC_has_done_nothing_and_after_it_harms_nobody()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        FakeShard shard = gateway.Shard("a");
        TestClient leaver = gateway.Connect();
        TestClient stayer = gateway.Connect();
        leaver.Send("MULTI", "SET a:1 x");
        leaver.Peer.Abort();
        gateway.Settle();
        Assert.Empty(shard.Log);
        Assert.Equal(0, gateway.Server.Loops[0].Pools[0].CollectedBytes);

        TestClient second = gateway.Connect();
        second.Send("MULTI", "SET a:1 x", "EXEC");
        second.Peer.Abort();
        stayer.Send("GET a:2");
        shard.Reply("+OK\r\n", "+QUEUED\r\n", "*1\r\n+OK\r\n", "$1\r\n2\r\n");
        stayer.Received("$1\r\n2\r\n");
    }
}
