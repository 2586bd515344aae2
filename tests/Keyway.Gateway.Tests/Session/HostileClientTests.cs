using Keyway.Gateway.Tests.Harness;
using Keyway.Gateway.Users;

namespace Keyway.Gateway.Tests.Session;

/// <summary>What strangers and hostile clients try: each costs them more than it costs the gateway.</summary>
public sealed class HostileClientTests
{
    private const string NoAuth = "-NOAUTH Authentication required.\r\n";

    [Fact]
    public void A_stranger_that_takes_no_replies_is_closed_with_hardly_anything_queued()
    {
        TestGateway gateway = Guarded();
        TestClient stranger = gateway.Connect();
        stranger.Peer.StopReading();
        string requests = string.Concat(Enumerable.Repeat("PING\r\n", 2000));
        for (int i = 0; i < 200 && !stranger.IsClosed; i++)
        {
            stranger.TrySendRaw(requests);
            foreach (Gateway.Sessions.ClientSession session in gateway.Server.Loops[0].Sessions) Assert.InRange(session.OutputBytes, 0, 64 * 1024);
        }
        Assert.Equal(0, gateway.Server.ClientCount);
    }

    [Fact]
    public void A_stranger_that_reads_gets_all_its_refusals()
    {
        TestGateway gateway = Guarded();
        TestClient stranger = gateway.Connect();
        stranger.SendRaw(string.Concat(Enumerable.Repeat("PING\r\n", 500)));
        stranger.Received(string.Concat(Enumerable.Repeat(NoAuth, 500)));
    }

    [Theory]
    [InlineData("*11\r\n", "unauthenticated multibulk length")]
    [InlineData("*2\r\n$4\r\nAUTH\r\n$1000000\r\n", "unauthenticated bulk length")]
    public void A_stranger_may_announce_little(string bytes, string error)
    {
        TestClient stranger = Guarded().Connect();
        stranger.SendRaw(bytes);
        stranger.Received($"-ERR Protocol error: {error}\r\n");
        Assert.True(stranger.IsClosed);
    }

    [Fact]
    public void Many_wrong_passwords_let_nobody_in_and_nothing_out()
    {
        TestGateway gateway = Guarded();
        TestClient stranger = gateway.Connect();
        for (int i = 0; i < 300; i++)
        {
            stranger.Send($"AUTH app secre{i}", "GET a:1", "HELLO 3 AUTH app s", "MULTI", "AUTH");
            stranger.Received("-WRONGPASS invalid username-password pair or user is disabled.\r\n" + NoAuth +
                "-WRONGPASS invalid username-password pair or user is disabled.\r\n" + NoAuth + "-ERR wrong number of arguments for 'auth' command\r\n");
        }
        Assert.Empty(gateway.Shard("a").Log);
        Assert.DoesNotContain("AUTH", gateway.Shard("a").Handshakes);
    }

    [Fact]
    public void Half_a_request_that_grows_and_grows_is_closed_at_the_limit()
    {
        TestGateway gateway = TestGateway.With(["a"], options => options with
        {
            Pools = [options.Pools[0] with { MaxCollected = 256 * 1024, Users = [new UserDefinition { Name = "low", Password = "p", Allow = ["-@all"] }] }],
        });
        TestClient client = gateway.Connect();
        Assert.Equal("+OK\r\n", client.Ask("AUTH low p"));
        client.TrySendRaw("*1048576\r\n");
        string argument = "$32768\r\n" + new string('x', 32768) + "\r\n";
        for (int i = 0; i < 40 && !client.IsClosed; i++) client.TrySendRaw(argument);
        Assert.True(client.IsClosed);
        Assert.Equal(0, gateway.Server.Loops[0].Pools[0].CollectedBytes);
        Assert.Empty(gateway.Shard("a").Log);
    }

    [Theory]
    [InlineData("FOO\r\nBAR", "-ERR unknown command 'FOO  BAR', with args beginning with: \r\n")]
    [InlineData("\u001b[31mred", "-ERR unknown command '\u001b[31mred', with args beginning with: \r\n")]
    public void What_a_client_made_up_breaks_no_reply(string name, string reply)
    {
        TestClient client = TestGateway.WithShards("a").Connect();
        client.SendRaw(TestClient.Encode(name));
        client.Received(reply);
        client.SendRaw(TestClient.Encode("CLIENT", "SETNAME", "a\r\nb") + TestClient.Encode("CLIENT", "SETINFO", "x\r\n", "y") + TestClient.Encode("CLIENT", "LIST", "TYPE", "a\r\n+OK"));
        client.Received("-ERR Client names cannot contain spaces, newlines or special characters.\r\n-ERR Unrecognized option 'x  '\r\n-ERR Unknown client type 'a  +OK'\r\n");
    }

    [Fact]
    public void A_name_of_a_megabyte_is_quoted_in_part()
    {
        TestClient client = TestGateway.WithShards("a").Connect();
        client.SendRaw(TestClient.Encode(new string('x', 1_000_000), "y"));
        Assert.InRange(client.Take().Length, 100, 400);
    }

    [Fact]
    public void Dangerous_commands_are_refused_to_the_mightiest_user()
    {
        TestGateway gateway = TestGateway.With(["a"], options => options with { Pools = [options.Pools[0] with { Users = [new UserDefinition { Name = "root", Password = "p" }] }] });
        TestClient client = gateway.Connect();
        client.Send("AUTH root p");
        client.Take();
        foreach (string request in new[] { "CONFIG SET dir /tmp", "DEBUG SLEEP 0", "SHUTDOWN", "REPLICAOF a 1", "ACL SETUSER x on", "MODULE LOAD x", "BGSAVE" })
            Assert.EndsWith("is refused by this gateway\r\n", client.Ask(request));
        Assert.Empty(gateway.Shard("a").Log);
    }

    private static TestGateway Guarded() => TestGateway.With(["a"], options => options with
    {
        Pools = [options.Pools[0] with { Users = [new UserDefinition { Name = "app", Password = "secret" }] }],
    });
}
