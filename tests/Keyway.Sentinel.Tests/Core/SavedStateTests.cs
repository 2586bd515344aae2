using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Tests.Core;

public sealed class SavedStateTests
{
    private static readonly ServerAddress Master = new("10.0.0.1", "10.0.0.1", 6379);

    [Fact]
    public void What_was_saved_is_known_again()
    {
        var saved = new SavedSentinel(Ids.Mine, 9, [
            new SavedMaster("m1", Master, 2)
            {
                DownAfterMs = 5000, FailoverTimeoutMs = 60_000, ParallelSyncs = 3, RebootDownAfterMs = 7, AuthUser = "u", AuthPassword = "p",
                NotificationScript = "/n", ClientReconfigScript = "/c", RenamedCommands = new Dictionary<string, string> { ["CONFIG"] = "x" },
                ConfigEpoch = 8, LeaderEpoch = 9,
                Replicas = [new ServerAddress("10.0.0.2", "10.0.0.2", 6379)],
                Sentinels = [new SavedPeer(Ids.Of("10.0.1.2", 26379), new ServerAddress("10.0.1.2", "10.0.1.2", 26379))],
            },
        ]);

        var sentinel = new TestSentinel(saved: saved);

        Assert.Equal(["+monitor master m1 10.0.0.1 6379 quorum 2"], sentinel.Events);
        Assert.Equivalent(saved, sentinel.Core.State.Save(), strict: true);
        Assert.Equal(5000, sentinel.Master.Replicas.Values.Single().DownAfterMs);
        Assert.Equal(5000, sentinel.Master.Sentinels.Values.Single().DownAfterMs);
    }

    [Fact]
    public void What_is_not_configured_has_its_default()
    {
        var sentinel = new TestSentinel(saved: new SavedSentinel(Ids.Mine, 0, [new SavedMaster("m1", Master, 2)]));

        MonitoredMaster master = sentinel.Master;
        Assert.Equal((30_000, 180_000, 1), (master.DownAfterMs, master.FailoverTimeoutMs, master.ParallelSyncs));
    }

    [Fact]
    public void An_epoch_that_was_voted_in_was_heard_of()
    {
        var sentinel = new TestSentinel(saved: new SavedSentinel(Ids.Mine, 2, [new SavedMaster("m1", Master, 2) { LeaderEpoch = 5, ConfigEpoch = 4 }]));

        Assert.Equal(5, sentinel.Core.State.CurrentEpoch);
    }

    [Fact]
    public void We_are_not_one_of_our_own_sentinels()
    {
        var master = new SavedMaster("m1", Master, 2) { Sentinels = [new SavedPeer(Ids.Mine, new ServerAddress("10.0.1.1", "10.0.1.1", 26379))] };

        Assert.Empty(new TestSentinel(saved: new SavedSentinel(Ids.Mine, 0, [master])).Master.Sentinels);
    }

    [Fact]
    public void The_same_inputs_and_seed_give_the_same_outputs()
    {
        Assert.Equal(Run(3), Run(3));

        static List<string> Run(int seed)
        {
            var sentinel = new TestSentinel(quorum: 1, downAfterMs: 1000, seed: seed);
            sentinel.AddReplica("10.0.0.2");
            sentinel.AddReplica("10.0.0.3");
            sentinel.Pass(1000);
            sentinel.MasterServer.IsSilent = true;
            sentinel.PassUntil("+switch-master").Pass(30_000);
            return [.. sentinel.Events, .. sentinel.Sent];
        }
    }
}
