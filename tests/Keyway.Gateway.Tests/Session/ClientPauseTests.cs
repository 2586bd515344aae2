using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Session;

/// <summary>CLIENT PAUSE: requests stay where they are for a while, on all loops, and go on in their order.</summary>
public sealed class ClientPauseTests
{
    private readonly TestGateway _gateway = TestGateway.With(["a", "b"], loops: 2);
    private readonly TestClient _pauser;
    private readonly TestClient _other;

    public ClientPauseTests()
    {
        _pauser = _gateway.Connect();
        _other = _gateway.Connect();
        _gateway.Shard("a").Answer = _ => "+a\r\n";
        _gateway.Shard("b").Answer = _ => "+b\r\n";
    }

    [Fact]
    public void Writes_wait_and_reads_do_not()
    {
        Assert.Equal("+OK\r\n", _pauser.Ask("CLIENT PAUSE 1000 WRITE"));
        _other.Send("GET a:1", "SET a:1 x", "GET b:1");
        _other.Received("+a\r\n");
        Assert.Equal(["GET a:1"], _gateway.Shard("a").Log);
        _gateway.Advance(990);
        _other.ReceivedNothing();
        _gateway.Advance(30);
        _other.Received("+a\r\n+b\r\n");
        Assert.Equal("+a\r\n", _other.Ask("SET a:2 x"));
    }

    [Fact]
    public void ALL_holds_everything_also_of_who_comes_later_and_of_who_paused()
    {
        _pauser.Send("CLIENT PAUSE 500");
        _pauser.Received("+OK\r\n");
        TestClient late = _gateway.Connect();
        late.Send("PING");
        _pauser.Send("PING");
        _other.Send("GET a:1");
        late.ReceivedNothing();
        _pauser.ReceivedNothing();
        _other.ReceivedNothing();
        _gateway.Advance(520);
        late.Received("+PONG\r\n");
        _pauser.Received("+PONG\r\n");
        _other.Received("+a\r\n");
    }

    [Fact]
    public void UNPAUSE_ends_it_at_once()
    {
        _pauser.Send("CLIENT PAUSE 100000 WRITE");
        _other.Send("SET a:1 x");
        _other.ReceivedNothing();
        _pauser.Send("CLIENT UNPAUSE");
        _pauser.Received("+OK\r\n+OK\r\n");
        _other.Received("+a\r\n");
    }

    [Fact]
    public void A_second_pause_makes_it_longer_never_shorter_or_milder()
    {
        _pauser.Send("CLIENT PAUSE 1000 WRITE", "CLIENT PAUSE 10 WRITE");
        _other.Send("SET a:1 x");
        _gateway.Advance(500);
        _other.ReceivedNothing();
        _gateway.Advance(520);
        _other.Received("+a\r\n");
    }

    [Fact]
    public void A_large_write_waits_with_its_bytes_in_the_socket()
    {
        _pauser.Send("CLIENT PAUSE 1000 WRITE");
        string request = TestClient.Encode("SET", "a:1", new string('x', 200_000));
        int sent = _other.TrySendRaw(request);
        Assert.Empty(_gateway.Shard("a").Log);
        _gateway.Advance(1020);
        _other.SendRaw(request[sent..]);
        _other.Received("+a\r\n");
    }

    [Fact]
    public void A_transaction_that_would_write_waits_at_its_EXEC()
    {
        _other.Send("MULTI", "SET a:1 x");
        _other.Received("+OK\r\n+QUEUED\r\n");
        TestClient reader = _gateway.Connect();
        reader.Send("MULTI", "PING");
        reader.Take();
        _pauser.Send("CLIENT PAUSE 1000 WRITE");
        _other.Send("EXEC");
        reader.Send("EXEC");
        reader.Received("*1\r\n+PONG\r\n");
        Assert.Empty(_gateway.Shard("a").Log);
        _gateway.Advance(1020);
        Assert.NotEmpty(_gateway.Shard("a").Log);
    }

    [Fact]
    public void A_client_that_leaves_while_it_waits_leaves_nothing()
    {
        _pauser.Send("CLIENT PAUSE 1000");
        _other.Send("SET a:1 x");
        _other.Peer.Abort();
        _gateway.Advance(1020);
        Assert.Empty(_gateway.Shard("a").Log);
        Assert.Equal("+PONG\r\n", _gateway.Connect().Ask("PING"));
    }

    [Theory]
    [InlineData("CLIENT PAUSE x", "ERR timeout is not an integer or out of range")]
    [InlineData("CLIENT PAUSE -1", "ERR timeout is negative")]
    [InlineData("CLIENT PAUSE 10 FOO", "ERR CLIENT PAUSE mode must be WRITE or ALL")]
    [InlineData("CLIENT PAUSE 10 WRITE x", "ERR unknown subcommand or wrong number of arguments for 'PAUSE'. Try CLIENT HELP.")]
    [InlineData("CLIENT UNPAUSE x", "ERR wrong number of arguments for 'client|unpause' command")]
    public void Mistakes_get_Rediss_words(string request, string error) => Assert.Equal($"-{error}\r\n", _pauser.Ask(request));

    [Theory]
    [InlineData("CLIENT PAUSE 0")]
    [InlineData("CLIENT PAUSE 9223372036854775807")]
    public void A_pause_of_nothing_or_past_the_end_of_time_pauses_nobody(string request)
    {
        Assert.Equal("+OK\r\n", _pauser.Ask(request));
        Assert.Equal("+a\r\n", _other.Ask("SET a:1 x"));
    }
}
