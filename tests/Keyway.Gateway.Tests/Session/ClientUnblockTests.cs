using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Session;

/// <summary>CLIENT UNBLOCK reaches a blocked client on whichever loop it is.</summary>
public sealed class ClientUnblockTests
{
    [Theory]
    [InlineData(1, "", "*-1\r\n")]
    [InlineData(2, "", "*-1\r\n")]
    [InlineData(2, " TIMEOUT", "*-1\r\n")]
    [InlineData(1, " ERROR", "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n")]
    [InlineData(2, " error", "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n")]
    public void A_blocked_client_gets_its_time_out_or_an_error(int loops, string reason, string reply)
    {
        TestGateway gateway = TestGateway.With(["a"], loops: loops);
        TestClient blocked = gateway.Connect();
        TestClient other = gateway.Connect();
        string id = blocked.Ask("CLIENT ID").Trim(':', '\r', '\n');
        Assert.Equal(":0\r\n", other.Ask($"CLIENT UNBLOCK {id}"));
        blocked.Send("BLPOP a:1 0", "PING");
        blocked.ReceivedNothing();
        Assert.Contains(" flags=b ", other.Ask("CLIENT LIST"));
        Assert.Equal(":1\r\n", other.Ask($"CLIENT UNBLOCK {id}{reason}"));
        blocked.Received(reply + "+PONG\r\n");
        Assert.Equal(":0\r\n", other.Ask($"CLIENT UNBLOCK {id}"));
    }

    [Theory]
    [InlineData("CLIENT UNBLOCK x", "ERR value is not an integer or out of range")]
    [InlineData("CLIENT UNBLOCK 99 FOO", "ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR")]
    [InlineData("CLIENT UNBLOCK 99 TIMEOUT x", "ERR unknown subcommand or wrong number of arguments for 'UNBLOCK'. Try CLIENT HELP.")]
    public void Mistakes_get_Rediss_words(string request, string error) => Assert.Equal($"-{error}\r\n", TestGateway.WithShards("a").Connect().Ask(request));
}
