using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Blocking;

/// <summary>What becomes of clients that wait while another server takes over, or while their keys go to another shard.</summary>
public class BlockedFailoverTests
{
    private const string ReadOnly = "-READONLY You can't write against a read only replica.\r\n";

    private readonly TestGateway _gateway = TestGateway.WithNodes();

    private FakeShard A => _gateway.Shard("a");

    private FakeShard A2 => _gateway.Shard("a2");

    [Fact]
    public void What_the_demoted_server_says_is_relayed()
    {
        TestClient client = _gateway.Connect();
        client.Send("BLPOP a:q 0");
        const string unblocked = "-UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)\r\n";
        A.Reply(unblocked);
        client.Received(unblocked);
    }

    [Fact]
    public void It_is_not_sent_while_there_is_no_master_and_goes_to_the_new_one()
    {
        A.Kill();
        TestClient client = _gateway.Connect();
        client.Send("BLPOP a:q 0", "GET b:1");
        _gateway.Advance(1000);
        client.ReceivedNothing();
        Assert.Empty(_gateway.Shard("b").Log);
        A2.Role!.Promote("h2");
        _gateway.Advance(100);
        Assert.Equal(["BLPOP a:q 0"], A2.Waiting);
        _gateway.Advance(60_000);
        A2.Reply("*-1\r\n");
        client.Received("*-1\r\n");
        Assert.Equal(["GET b:1"], _gateway.Shard("b").Waiting);
    }

    [Fact]
    public void It_is_refused_when_no_master_comes()
    {
        A.Kill();
        TestClient client = _gateway.Connect();
        client.Send("BLPOP a:q 0");
        _gateway.Advance(6000);
        Assert.Matches("^-TRYAGAIN shard 'a' has no master \\(.*\\); not executed\r\n$", client.Take());
    }

    [Fact]
    public void A_refusal_that_proves_that_it_did_not_run_sends_it_to_the_new_master()
    {
        TestClient client = _gateway.Connect();
        client.Send("BLPOP a:q 0", "GET b:1");
        A2.Role!.Promote("h2");
        A.Role!.Follow(A2);
        A.Reply(ReadOnly);
        client.ReceivedNothing();
        _gateway.Advance(200);
        Assert.Equal(["BLPOP a:q 0"], A2.Waiting);
        Assert.Empty(_gateway.Shard("b").Log);
        A2.Reply("*-1\r\n");
        _gateway.Shard("b").Reply("$-1\r\n");
        client.Received("*-1\r\n$-1\r\n");
    }

    [Fact]
    public void A_master_that_says_again_and_again_that_it_is_none_is_not_asked_for_ever()
    {
        TestClient client = _gateway.Connect();
        A.Answer = request => request.StartsWith("BLPOP") ? ReadOnly : null;
        client.Send("BLPOP a:q 0");
        _gateway.Advance(7000);
        Assert.Matches("^-TRYAGAIN shard 'a' .*; not executed\r\n$", client.Take());
        Assert.InRange(A.Log.Count, 1, 2000);
    }

    [Fact]
    public void A_master_that_is_gone_without_a_word_is_noticed_by_the_watch()
    {
        TestClient client = _gateway.Connect();
        client.Send("BLPOP a:q 0");
        A.Role!.IsSilent = true;
        A2.Role!.Promote("h2");
        _gateway.Advance(20_000);
        Assert.Matches("^-UNCERTAIN shard 'a' gave no reply \\(.*\\); may have been executed\r\n$", client.Take());
        client.Send("BLPOP a:q 0");
        Assert.Equal(["BLPOP a:q 0"], A2.Waiting);
    }
}
