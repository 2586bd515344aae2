using Keyway.Gateway.Links;
using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Scripts;

/// <summary>Scripts go where their keys are; what concerns all shards goes to all; a shard that lacks a script gets it.</summary>
public class ScriptTests
{
    private const string NoScript = "-NOSCRIPT No matching script. Please use EVAL.\r\n";
    private const string NotBusy = "-NOTBUSY No scripts in execution right now.\r\n";
    private const string Sha = "0123456789abcdef0123456789abcdef01234567";
    private const string ShaReply = "$40\r\n" + Sha + "\r\n";

    private readonly TestGateway _gateway = TestGateway.WithShards("a", "b");

    private FakeShard A => _gateway.Shard("a");

    private FakeShard B => _gateway.Shard("b");

    [Theory]
    [InlineData("EVAL return_1 1 b:1")]
    [InlineData("EVAL_RO return_1 2 b:1 b:2 a:1")]
    [InlineData("EVALSHA abc 1 b:1 x")]
    [InlineData("EVALSHA_RO abc 1 b:1")]
    [InlineData("FCALL f 1 b:1")]
    [InlineData("FCALL_RO f 1 b:1 x")]
    public void A_script_goes_where_its_keys_are(string request)
    {
        TestClient client = _gateway.Connect();
        client.Send(request);
        Assert.Equal([request], B.Waiting);
        B.Reply("-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n");
        client.Received("-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n");
    }

    [Fact]
    public void A_script_without_keys_goes_to_the_first_shard_of_the_catch_all()
    {
        TestClient client = _gateway.Connect();
        client.Send("EVAL return_1 0 b:1");
        Assert.Equal(["EVAL return_1 0 b:1"], A.Waiting);
    }

    [Fact]
    public void Keys_of_several_units_and_wrong_counts_are_refused()
    {
        TestClient client = _gateway.Connect();
        Assert.StartsWith("-CROSSSLOT ", client.Ask("EVAL x 2 a:1 b:1"));
        Assert.Equal("-ERR Number of keys can't be greater than number of args\r\n", client.Ask("EVAL x 2 a:1"));
        Assert.Equal("-ERR Number of keys can't be negative\r\n", client.Ask("EVAL x -1"));
        Assert.Equal("-ERR wrong number of arguments for 'eval' command\r\n", client.Ask("EVAL x"));
        Assert.Equal("-ERR wrong number of arguments for 'script' command\r\n", client.Ask("SCRIPT"));
        Assert.Equal("-ERR unknown subcommand 'NOW'. Try SCRIPT HELP.\r\n", client.Ask("SCRIPT NOW"));
        Assert.Empty(A.Log);
        Assert.Empty(B.Log);
    }

    [Fact]
    public void A_script_that_a_shard_lacks_is_loaded_there_and_runs()
    {
        TestClient client = _gateway.Connect();
        Load(client);
        client.Send($"EVALSHA {Sha.ToUpperInvariant()} 1 a:1");
        A.Reply(NoScript);
        Assert.Equal(["SCRIPT LOAD return_1", $"EVALSHA {Sha.ToUpperInvariant()} 1 a:1"], A.Waiting);
        A.Reply(ShaReply, ":1\r\n");
        client.Received(":1\r\n");
    }

    [Fact]
    public void Another_loop_remembers_it_too()
    {
        TestGateway gateway = TestGateway.With(["a"], loops: 3);
        TestClient[] clients = [gateway.Connect(), gateway.Connect(), gateway.Connect()];
        clients[1].Send("SCRIPT LOAD return_1");
        gateway.Shard("a").Reply(ShaReply);
        clients[1].Received(ShaReply);
        foreach (TestClient client in clients)
        {
            client.Send($"EVALSHA {Sha} 0");
            gateway.Shard("a").Reply(NoScript, ShaReply, ":1\r\n");
            client.Received(":1\r\n");
        }
    }

    [Fact]
    public void A_script_that_nobody_remembers_is_the_clients_to_send()
    {
        TestClient client = _gateway.Connect();
        client.Send($"EVALSHA {Sha} 1 a:1");
        A.Reply(NoScript);
        client.Received(NoScript);
        Load(client);
        client.Send("EVALSHA other 1 a:1");
        A.Reply(NoScript);
        client.Received(NoScript);
        Assert.Empty(A.Waiting);
    }

    [Fact]
    public void A_script_that_the_shard_will_not_take_is_not_loaded_again_and_again()
    {
        TestClient client = _gateway.Connect();
        Load(client);
        client.Send($"EVALSHA {Sha} 1 a:1");
        A.Reply(NoScript, "-NOPERM this user has no permissions to run the 'script|load' command\r\n", NoScript);
        client.Received(NoScript);
        _gateway.Advance(5000);
        Assert.Empty(A.Waiting);
    }

    [Fact]
    public void A_script_whose_client_has_gone_on_is_not_run_behind_what_it_asked_later()
    {
        TestClient client = _gateway.Connect();
        Load(client);
        client.Send($"EVALSHA {Sha} 1 a:1", "INCR a:1");
        A.Reply(NoScript, ":1\r\n");
        client.Received(NoScript + ":1\r\n");
        Assert.Empty(A.Waiting);
    }

    [Fact]
    public void Loading_fails_with_the_shards_name_where_one_cannot()
    {
        TestClient client = _gateway.Connect();
        client.Send("SCRIPT LOAD return_1");
        A.Reply(ShaReply);
        B.Reply("-ERR unknown command 'SCRIPT', with args beginning with: 'LOAD' 'return_1' \r\n");
        client.Received("-ERR shard 'b': unknown command 'SCRIPT', with args beginning with: 'LOAD' 'return_1' \r\n");
        client.Send($"EVALSHA {Sha} 1 a:1");
        A.Reply(NoScript);
        client.Received(NoScript);
    }

    [Fact]
    public void What_no_shard_takes_is_refused_in_their_own_words()
    {
        TestClient client = _gateway.Connect();
        client.Send("SCRIPT LOAD retur");
        const string error = "-ERR Error compiling script (new function): user_script:1: '=' expected near '<eof>'\r\n";
        A.Reply(error);
        client.ReceivedNothing();
        B.Reply(error);
        client.Received(error);
    }

    [Fact]
    public void A_large_script_is_loaded_and_remembered_too()
    {
        TestClient client = _gateway.Connect();
        string body = new('x', 200_000);
        client.SendRaw(TestClient.Encode("SCRIPT", "LOAD", body));
        A.Reply(ShaReply);
        B.Reply(ShaReply);
        client.Received(ShaReply);
        client.Send($"EVALSHA {Sha} 1 a:1");
        A.Reply(NoScript);
        Assert.Equal(["SCRIPT LOAD <200000 bytes>", $"EVALSHA {Sha} 1 a:1"], A.Waiting);
    }

    [Fact]
    public void Exists_says_what_EVALSHA_would_find()
    {
        TestClient client = _gateway.Connect();
        client.Send("SCRIPT EXISTS x y z");
        A.Reply("*3\r\n:1\r\n:1\r\n:0\r\n");
        B.Reply("*3\r\n:1\r\n:0\r\n:0\r\n");
        client.Received("*3\r\n:1\r\n:0\r\n:0\r\n");

        Load(client);
        client.Send($"SCRIPT EXISTS x {Sha}");
        A.Reply("*2\r\n:0\r\n:1\r\n");
        B.Reply("*2\r\n:1\r\n:0\r\n");
        client.Received("*2\r\n:0\r\n:1\r\n");
    }

    [Fact]
    public void After_a_flush_nothing_is_remembered()
    {
        TestClient client = _gateway.Connect();
        Load(client);
        Assert.Equal("-ERR SCRIPT FLUSH only support SYNC|ASYNC option\r\n", client.Ask("SCRIPT FLUSH NOW"));
        client.Send("SCRIPT FLUSH async");
        A.Reply("+OK\r\n");
        B.Reply("+OK\r\n");
        client.Received("+OK\r\n");
        client.Send($"EVALSHA {Sha} 1 a:1");
        A.Reply(NoScript);
        client.Received(NoScript);
    }

    [Fact]
    public void In_a_transaction_a_remembered_script_goes_with_its_text()
    {
        TestClient client = _gateway.Connect();
        Load(client);
        client.Send("MULTI", $"EVALSHA {Sha} 1 a:1 x y", $"EVALSHA_RO {Sha} 0", "EVALSHA other 1 a:1", "EXEC");
        Assert.Equal(["MULTI", "EVAL return_1 1 a:1 x y", "EVAL_RO return_1 0", "EVALSHA other 1 a:1", "EXEC"], A.Waiting);
    }

    [Theory]
    [InlineData("+OK\r\n", NotBusy, "+OK\r\n")]
    [InlineData(NotBusy, "+OK\r\n", "+OK\r\n")]
    [InlineData(NotBusy, NotBusy, NotBusy)]
    [InlineData(NotBusy, "-UNKILLABLE Sorry the script already executed write commands.\r\n", "-UNKILLABLE shard 'b': Sorry the script already executed write commands.\r\n")]
    [InlineData("+OK\r\n", "-UNKILLABLE Sorry the script already executed write commands.\r\n", "+OK\r\n")]
    public void Kill_asks_all_shards_beside_the_scripts_that_run(string first, string second, string expected)
    {
        TestClient client = _gateway.Connect();
        TestClient runner = _gateway.Connect();
        runner.Send("EVAL loop 1 a:1");
        foreach (string command in new[] { "SCRIPT KILL", "FUNCTION KILL" })
        {
            client.Send(command);
            Assert.Equal(["EVAL loop 1 a:1", command], A.Waiting);
            Assert.NotEqual(A.WaitingLinks[0], A.WaitingLinks[1]);
            A.ReplyTo(command, first);
            B.ReplyTo(command, second);
            client.Received(expected);
        }
        A.Reply("-ERR killed\r\n");
        runner.Received("-ERR killed\r\n");
    }

    [Fact]
    public void Kill_reaches_the_others_when_one_shard_is_down()
    {
        TestClient client = _gateway.Connect();
        B.Kill();
        client.Send("GET b:1");
        client.Take();
        client.Send("SCRIPT KILL");
        A.Reply("+OK\r\n");
        client.Received("+OK\r\n");
        client.Send("SCRIPT KILL");
        A.Reply(NotBusy);
        client.Received("-TRYAGAIN shard 'b' has no master (connection refused); not executed\r\n");
        A.Kill();
        client.Send("GET a:1");
        client.Take();
        client.Send("SCRIPT KILL");
        Assert.StartsWith("-TRYAGAIN shard 'a' ", client.Take());
    }

    [Fact]
    public void Functions_go_to_all_shards_and_are_listed_by_one()
    {
        TestClient client = _gateway.Connect();
        client.Send("FUNCTION LOAD code");
        A.Reply("$3\r\nlib\r\n");
        B.Reply("$3\r\nlib\r\n");
        client.Received("$3\r\nlib\r\n");

        client.Send("FUNCTION LOAD code");
        A.Reply("-ERR Library 'lib' already exists\r\n");
        B.Reply("$3\r\nlib\r\n");
        client.Received("-ERR shard 'a': Library 'lib' already exists; other keys may have been written\r\n");

        client.Send("FUNCTION DELETE none");
        A.Reply("-ERR Library not found\r\n");
        B.Reply("-ERR Library not found\r\n");
        client.Received("-ERR Library not found\r\n");

        client.Send("FUNCTION LIST");
        Assert.Equal(["FUNCTION LIST"], A.Waiting);
        Assert.Empty(B.Waiting);
        A.Reply("*0\r\n");
        client.Received("*0\r\n");
        client.Send("FUNCTION FLUSH");
        A.Reply("+OK\r\n");
        B.Reply("+OK\r\n");
        client.Received("+OK\r\n");
    }

    [Fact]
    public void Stats_are_those_of_the_shard_that_runs_a_function()
    {
        const string idle = "*4\r\n$14\r\nrunning_script\r\n$-1\r\n$7\r\nengines\r\n*0\r\n";
        const string busy = "*4\r\n$14\r\nrunning_script\r\n*2\r\n$4\r\nname\r\n$1\r\nf\r\n$7\r\nengines\r\n*0\r\n";
        TestClient client = _gateway.Connect();
        foreach ((string first, string second, string expected) in new[] { (idle, idle, idle), (idle, busy, busy), (busy, idle, busy) })
        {
            client.Send("FUNCTION STATS");
            A.Reply(first);
            B.Reply(second);
            client.Received(expected);
        }
    }

    [Fact]
    public void Help_is_the_gateways_own()
    {
        TestClient client = _gateway.Connect();
        Assert.StartsWith("*11\r\n+SCRIPT <subcommand>", client.Ask("SCRIPT HELP"));
        Assert.StartsWith("*19\r\n+FUNCTION <subcommand>", client.Ask("FUNCTION HELP"));
        Assert.Empty(A.Log);
    }

    private void Load(TestClient client)
    {
        client.Send("SCRIPT LOAD return_1");
        A.Reply(ShaReply);
        B.Reply(ShaReply);
        client.Received(ShaReply);
    }
}
