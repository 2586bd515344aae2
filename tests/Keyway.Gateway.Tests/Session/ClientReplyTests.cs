using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Session;

/// <summary>CLIENT REPLY: what a client does not want to hear it does not hear, and everything else comes in its place.</summary>
public sealed class ClientReplyTests
{
    private readonly TestGateway _gateway = TestGateway.WithShards("a", "b");
    private readonly TestClient _client;

    public ClientReplyTests()
    {
        _client = _gateway.Connect();
        _gateway.Shard("a").Answer = _ => "$1\r\nA\r\n";
        _gateway.Shard("b").Answer = _ => "$1\r\nB\r\n";
    }

    [Fact]
    public void OFF_silences_everything_until_ON()
    {
        _client.Send("CLIENT REPLY OFF", "GET a:1", "PING", "NOSUCH", "CLIENT REPLY SKIP", "GET b:1", "CLIENT REPLY ON", "GET a:2");
        _client.Received("+OK\r\n$1\r\nA\r\n");
        Assert.Equal(["GET a:1", "GET a:2"], _gateway.Shard("a").Log);
    }

    [Theory]
    [InlineData("PING")]
    [InlineData("GET a:1")]
    [InlineData("NOSUCH")]
    [InlineData("GET")]
    [InlineData("MGET a:1 b:1")]
    [InlineData("CLIENT LIST")]
    [InlineData("SELECT 99")]
    public void SKIP_leaves_out_one_reply(string request)
    {
        _client.Send("CLIENT REPLY SKIP", request, "ECHO heard", request.StartsWith("MGET") ? "PING" : "ECHO too");
        _client.Received("$5\r\nheard\r\n" + (request.StartsWith("MGET") ? "+PONG\r\n" : "$3\r\ntoo\r\n"));
    }

    [Theory]
    [InlineData("CLIENT REPLY SKIP|CLIENT REPLY SKIP|PING|PING", "+PONG\r\n")]
    [InlineData("CLIENT REPLY SKIP|CLIENT REPLY ON|PING", "+OK\r\n+PONG\r\n")]
    [InlineData("CLIENT REPLY OFF|CLIENT REPLY SKIP|CLIENT REPLY ON|PING", "+OK\r\n+PONG\r\n")]
    [InlineData("CLIENT REPLY SKIP|CLIENT REPLY OFF|PING|CLIENT REPLY ON", "+OK\r\n")]
    [InlineData("CLIENT REPLY OFF|RESET|PING", "+RESET\r\n+PONG\r\n")]
    [InlineData("CLIENT REPLY SKIP|RESET|PING", "+PONG\r\n")]
    [InlineData("CLIENT REPLY OFF|HELLO 3|CLIENT REPLY ON|CLIENT GETNAME", "+OK\r\n_\r\n")]
    [InlineData("CLIENT REPLY OFF|CLIENT REPLY FOO|CLIENT REPLY ON", "+OK\r\n")]
    public void Modes_follow_one_another_as_in_Redis(string requests, string expected)
    {
        _client.Send(requests.Split('|'));
        _client.Received(expected);
    }

    [Fact]
    public void A_reply_that_is_not_heard_holds_no_other_up_and_takes_nobodys_place()
    {
        _gateway.Shard("a").Answer = null;
        _gateway.Shard("b").Answer = null;
        _client.Send("GET a:0", "CLIENT REPLY SKIP", "GET a:1", "GET b:1", "CLIENT REPLY SKIP", "MGET a:2 b:2", "GET b:3");
        _gateway.Shard("b").Reply("$2\r\nb1\r\n", "*1\r\n$2\r\nb2\r\n", "$2\r\nb3\r\n");
        _client.ReceivedNothing();
        _gateway.Shard("a").Reply("$2\r\na0\r\n", "$2\r\na1\r\n", "*1\r\n$2\r\na2\r\n");
        _client.Received("$2\r\na0\r\n$2\r\nb1\r\n$2\r\nb3\r\n");
    }

    [Fact]
    public void A_failure_that_is_not_heard_is_not_told()
    {
        _gateway.Shard("a").Answer = null;
        _client.Send("CLIENT REPLY SKIP", "GET a:1", "GET b:1");
        _gateway.Shard("a").Kill();
        _client.Received("$1\r\nB\r\n");
    }

    [Fact]
    public void A_large_reply_that_is_not_heard_passes_by()
    {
        _gateway.Shard("a").Answer = request => request == "GET a:large" ? $"$1000000\r\n{new string('x', 1_000_000)}\r\n" : "$1\r\nA\r\n";
        _client.Send("CLIENT REPLY SKIP", "GET a:large", "GET a:1");
        _client.Received("$1\r\nA\r\n");
    }

    [Fact]
    public void A_large_request_whose_reply_is_not_heard_is_sent_all_the_same()
    {
        _gateway.Shard("a").Answer = request => request.StartsWith("SET") ? "+OK\r\n" : "$1\r\nA\r\n";
        _client.Send("CLIENT REPLY SKIP");
        _client.SendRaw(TestClient.Encode("SET", "a:1", new string('x', 200_000)));
        _client.Send("GET a:1");
        _client.Received("$1\r\nA\r\n");
        Assert.Equal(2, _gateway.Shard("a").Log.Count);
    }

    [Fact]
    public void A_broken_protocol_is_not_told_to_who_hears_nothing()
    {
        _client.Send("CLIENT REPLY OFF");
        _client.SendRaw("*1\r\n$x\r\n");
        _client.ReceivedNothing();
        Assert.True(_client.IsClosed);
    }
}
