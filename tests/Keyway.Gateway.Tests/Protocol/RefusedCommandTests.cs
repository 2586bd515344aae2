using System.Text;
using Keyway.Gateway.Routing;
using Keyway.Gateway.Tests.Harness;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Tests.Protocol;

/// <summary>What must never reach a shard through the gateway, in whatever disguise.</summary>
public class RefusedCommandTests
{
    [Theory]
    [InlineData("CONFIG SET dir /tmp", "config set")]
    [InlineData("CONFIG SET dbfilename x.so", "config set")]
    [InlineData("CONFIG REWRITE", "config rewrite")]
    [InlineData("MODULE LOAD /tmp/x.so", "module")]
    [InlineData("MODULE UNLOAD x", "module")]
    [InlineData("DEBUG SLEEP 100", "debug")]
    [InlineData("DEBUG SEGFAULT", "debug")]
    [InlineData("SLAVEOF 10.0.0.9 6379", "slaveof")]
    [InlineData("REPLICAOF 10.0.0.9 6379", "replicaof")]
    [InlineData("REPLICAOF NO ONE", "replicaof")]
    [InlineData("MIGRATE 10.0.0.9 6379 a:1 0 1000", "migrate")]
    [InlineData("SHUTDOWN", "shutdown")]
    [InlineData("SHUTDOWN NOSAVE", "shutdown")]
    [InlineData("ACL SETUSER x on", "acl setuser")]
    [InlineData("ACL DELUSER x", "acl deluser")]
    [InlineData("ACL LOAD", "acl load")]
    [InlineData("SAVE", "save")]
    [InlineData("BGSAVE", "bgsave")]
    [InlineData("BGREWRITEAOF", "bgrewriteaof")]
    [InlineData("FAILOVER", "failover")]
    [InlineData("PFDEBUG GETREG a:1", "pfdebug")]
    [InlineData("SYNC", "sync")]
    [InlineData("PSYNC ? -1", "psync")]
    [InlineData("REPLCONF listening-port 1", "replconf")]
    [InlineData("CLUSTER RESET", "cluster")]
    [InlineData("CLUSTER FAILOVER", "cluster")]
    [InlineData("CLUSTER SETSLOT 1 NODE x", "cluster")]
    [InlineData("SCRIPT DEBUG YES", "script")]
    [InlineData("CLIENT TRACKING ON", "client tracking")]
    [InlineData("SWAPDB 0 1", "swapdb")]
    public void A_refused_command_stays_here_and_its_client_too(string request, string name)
    {
        TestGateway gateway = TestGateway.WithShards("a", "b");
        TestClient client = gateway.Connect();
        string refusal = $"-ERR command '{name}' is refused by this gateway\r\n";
        Assert.Equal(refusal, client.Ask(request));
        Assert.Equal(refusal, client.Ask(request.ToLowerInvariant()));
        Assert.Equal(refusal, client.Ask(Mixed(request)));
        client.SendRaw(request + "\r\n");
        client.Received(refusal);
        client.SendRaw(string.Concat(request.Split(' ').Select(word => "\"" + string.Concat(word.Select(c => $"\\x{(int)c:x2}")) + "\" ")) + "\n");
        client.Received(refusal);
        Assert.Equal("+PONG\r\n", client.Ask("PING"));
        Assert.Empty(gateway.Shard("a").Log);
        Assert.Empty(gateway.Shard("b").Log);
    }

    [Fact]
    public void Every_command_of_the_table_is_either_served_or_refused_and_what_waits_or_rules_is_refused()
    {
        foreach (Command command in CommandTable.All)
        {
            RouteKind kind = RouteTable.Of(command);
            bool relayed = kind is RouteKind.OneKey or RouteKind.OneUnit or RouteKind.Split or RouteKind.AllShards;
            if (!relayed) continue;
            Assert.False(command.Is(CommandFlags.Admin), command.Name);
            Assert.False(command.Is(CommandFlags.PubSub), command.Name);
            if (command.Is(CommandFlags.Blocking)) Assert.StartsWith("xread", command.Name);
        }
    }

    [Fact]
    public void A_name_with_something_behind_it_is_another_name()
    {
        TestGateway gateway = TestGateway.WithShards("a");
        TestClient client = gateway.Connect();
        foreach (string name in new[] { "GET ", "GET\0", "GET\r\n", " GET", "SHUTDOWN\0", "CONFIG|SET", "config|set" })
        {
            client.SendRaw($"*2\r\n${name.Length}\r\n{name}\r\n$3\r\na:1\r\n");
            Assert.StartsWith("-ERR unknown command '", client.Take());
        }
        Assert.Empty(gateway.Shard("a").Log);
    }

    private static string Mixed(string request)
    {
        var text = new StringBuilder();
        foreach (char c in request) text.Append(text.Length % 2 == 0 ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c));
        return text.ToString();
    }
}
