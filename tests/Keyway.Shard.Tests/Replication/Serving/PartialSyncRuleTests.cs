using Keyway.Shard.Replication;
using Keyway.Shard.Replication.Serving;

namespace Keyway.Shard.Tests.Replication.Serving;

public sealed class PartialSyncRuleTests
{
    private static readonly string A = new('a', 40);
    private static readonly string B = new('b', 40);

    [Theory]
    [InlineData("?", -1, PartialSync.NotAsked)]
    [InlineData("b", 101, PartialSync.Accepted)]
    [InlineData("b", 100, PartialSync.NotKept)]
    [InlineData("b", 151, PartialSync.Accepted)]         // it has all: nothing is sent
    [InlineData("b", 152, PartialSync.NotKept)]
    [InlineData("a", 101, PartialSync.Accepted)]
    [InlineData("a", 121, PartialSync.Accepted)]         // the first byte that the histories do not share is the one that it lacks
    [InlineData("a", 122, PartialSync.BeyondFormerEnd)]
    [InlineData("a", 50, PartialSync.NotKept)]
    [InlineData("c", 101, PartialSync.OtherHistory)]
    public void A_master_promoted_at_120_that_keeps_the_bytes_from_101_to_150(string asked, long nextByte, object expected)
    {
        ReplicationIdentity identity = ReplicationIdentity.Copied(A, 120).Promoted(B).Advanced(30);
        var log = new ReplicationLog(end: 100, backlogBytes: 1_000_000);
        log.Append(new byte[50]);

        string id = asked == "?" ? "?" : new string(asked[0], 40);
        Assert.Equal((PartialSync)expected, PartialSyncRule.Decide(identity, log, id, nextByte));
    }

    [Fact]
    public void Who_keeps_nothing_continues_nothing() =>
        Assert.Equal(PartialSync.NotKept, PartialSyncRule.Decide(ReplicationIdentity.Fresh(A), log: null, A, 1));
}
