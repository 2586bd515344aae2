using Keyway.Differential.Commands;
using Keyway.Differential.Commands.Groups;
using Keyway.Differential.Comparison;
using Keyway.Differential.Reports;
using Keyway.Differential.Running;
using Keyway.Differential.Servers;
using Keyway.Differential.Wire;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Replication.Serving;

/// <summary>The same random commands to our master and to a real one: their replicas hear the same bytes.</summary>
public sealed class StreamTests
{
    private static readonly string[] Settings = ["--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "3600"];

    [Fact]
    public void Replicas_hear_what_a_real_masters_hear()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        var found = new List<string>();
        using var pair = new ServerPair(new RedisProgram("redis", Settings), new EmbeddedShard(Settings));
        using var streams = new StreamComparer(pair, side => new StreamTap(side));
        pair.Streams = streams;
        var campaign = new Campaign(pair, sendsAll: false, found.Add);

        Findings findings = campaign.Execute(seed: 5, protocol: 2, [.. Catalogue.Data, TransactionCalls.Group, BlockingCalls.Group], commands: 6_000, length: 200);

        Assert.True(findings.Total == 0, string.Join('\n', found));
    }
}
