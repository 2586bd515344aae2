using Keyway.Differential.Commands;
using Keyway.Differential.Commands.Groups;
using Keyway.Differential.Reports;
using Keyway.Differential.Running;
using Keyway.Differential.Servers;
using Keyway.Testing.RealServers;

namespace Keyway.Gateway.Tests.Differential;

/// <summary>
/// The same random commands to a real redis-server and to a gateway before two servers: the replies are the same bytes, and so is what is left behind.
/// The long form is the program of tests/Keyway.Differential with --through.
/// </summary>
public sealed class ThroughGatewayTests
{
    // A message may come a moment after the reply to who published it; the program, which a person reads, compares those too.
    private static readonly CommandGroup[] Groups = [.. Catalogue.ThroughGateway.Where(group => group != PubSubCalls.Group)];

    [Theory]
    [InlineData(2, "redis", true)]
    [InlineData(3, "redis", false)]
    [InlineData(2, "ours", false)]
    [InlineData(3, "ours", true)]
    public void Answers_as_one_redis_does(int protocol, string behind, bool spreads)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        var found = new List<string>();
        using var pair = new ServerPair(new RedisProgram(), new GatewayBefore(Shard(behind), Shard(behind)));
        var campaign = new Campaign(pair, sendsAll: false, found.Add) { Adapts = new GatewayCalls(spreads).Adapt };

        Findings findings = campaign.Execute(seed: 1, protocol, Groups, commands: 6_000, length: 400);

        Assert.True(findings.Total == 0, string.Join('\n', found));
    }

    private static Server Shard(string kind) => kind == "redis" ? new RedisProgram("shard") : new EmbeddedShard();
}
