using Keyway.Differential.Comparison;
using Keyway.Differential.Reports;
using Keyway.Differential.Running;
using Keyway.Differential.Verbs;
using Keyway.Differential.Wire;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Persistence.Journal;

/// <summary>The same random commands to our server and to a real one: both write the same into their journals, and the same bases.</summary>
public sealed class JournalsBesideRedisTests
{
    [Theory]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public void Journals_hold_what_a_real_servers_hold(int seed, bool baseIsRdb)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        var found = new List<string>();
        using var pair = new ServerPair(new RedisProgram("redis", JournalsVerb.Settings), new EmbeddedShard(JournalsVerb.Settings)) { KeptSetting = "appendfsync" };
        using var journals = new StreamComparer(pair, side => new JournalTap(side));
        using var bases = new BaseComparer(pair);
        pair.Streams = journals;
        var campaign = new Campaign(pair, sendsAll: false, found.Add);

        // What follows the first bases goes into other files.
        Findings first = campaign.Execute(seed, protocol: 2, StreamsVerb.Groups, commands: 2_500, length: 200);
        Assert.Null(bases.Compare(baseIsRdb));
        Findings second = campaign.Execute(seed + 100, protocol: 2, StreamsVerb.Groups, commands: 500, length: 200);

        Assert.True(first.Total + second.Total == 0, string.Join('\n', found));
    }
}
