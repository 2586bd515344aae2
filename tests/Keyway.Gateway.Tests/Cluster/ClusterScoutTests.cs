using System.Net;
using Keyway.Gateway.Cluster;
using Keyway.Topology;

namespace Keyway.Gateway.Tests.Cluster;

public class ClusterScoutTests
{
    private static readonly EndPoint Seed = At(1);

    [Fact]
    public void It_asks_the_seed_at_once_and_then_once_a_second()
    {
        var scout = new ClusterScout([Seed]);
        Assert.Equal(Seed, scout.Next(0));
        Assert.Null(scout.Next(0));
        Assert.True(scout.OnView(View(1, true, 1, 2), 10));
        Assert.Null(scout.Next(1009));
        Assert.Equal(Seed, scout.Next(1010));
        Assert.False(scout.OnView(View(1, true, 1, 2), 1020));
    }

    [Fact]
    public void A_lost_seed_is_made_up_for_by_those_it_named()
    {
        var scout = new ClusterScout([Seed]);
        scout.Next(0);
        scout.OnView(View(1, true, 1, 2), 0);
        Assert.Equal(Seed, scout.Next(1000));
        scout.OnFailed(1000);
        Assert.Equal(At(2), scout.Next(1000));
        scout.OnView(View(1, true, 1, 2), 1000);
        Assert.Equal(At(2), scout.Next(2000));
    }

    [Fact]
    public void All_seeds_are_tried_and_then_again()
    {
        var scout = new ClusterScout([At(7), At(8)]);
        for (int round = 0; round < 5; round++)
        {
            long now = round * ClusterScout.HurriedPeriodMs;
            Assert.Equal(At(7), scout.Next(now));
            Assert.False(scout.OnFailed(now));
            Assert.Equal(At(8), scout.Next(now));
            Assert.False(scout.OnFailed(now));
            Assert.Null(scout.Next(now));
        }
        Assert.Null(scout.View);
    }

    [Fact]
    public void Crowds_of_redirections_are_one_question()
    {
        var scout = new ClusterScout([Seed]);
        scout.Next(0);
        scout.OnView(View(1, true, 1, 2), 0);
        for (int i = 0; i < 1000; i++) scout.Hurry(10);
        Assert.Null(scout.Next(10));
        Assert.NotNull(scout.Next(10 + ClusterScout.HurriedPeriodMs));
        for (int i = 0; i < 1000; i++) scout.Hurry(70);

        // What was asked before may not have shown it: once more.
        scout.OnView(View(1, true, 1, 2), 80);
        Assert.Null(scout.Next(80));
        Assert.NotNull(scout.Next(80 + ClusterScout.HurriedPeriodMs));
        scout.OnView(View(1, true, 1, 2), 200);
        Assert.Null(scout.Next(1199));
    }

    [Fact]
    public void Who_is_behind_is_not_believed_while_somebody_knows_more()
    {
        var scout = new ClusterScout([Seed]);
        scout.Next(0);
        scout.OnView(View(5, true, 1, 2), 0);
        scout.Next(1000);
        Assert.False(scout.OnView(View(4, true, 9, 2), 1000));
        Assert.Equal(At(2), scout.Next(1000));
        Assert.True(scout.OnView(View(6, true, 3, 2), 1000));
        Assert.Equal(At(3), scout.View!.Shards[0].Master!.Address);
    }

    [Fact]
    public void Who_sees_the_cluster_failed_is_believed_when_all_do()
    {
        var scout = new ClusterScout([Seed]);
        scout.Next(0);
        scout.OnView(View(5, true, 1, 2), 0);
        scout.Next(1000);
        Assert.False(scout.OnView(View(5, false, 3, 2), 1000));
        Assert.Equal(At(2), scout.Next(1000));
        Assert.True(scout.OnView(View(5, false, 3, 2), 1000));
        Assert.Equal(At(3), scout.View!.Shards[0].Master!.Address);

        // It is not well: look again soon.
        Assert.NotNull(scout.Next(1000 + ClusterScout.HurriedPeriodMs));
    }

    [Fact]
    public void A_cluster_that_began_anew_with_smaller_numbers_is_believed_after_a_round()
    {
        var scout = new ClusterScout([Seed]);
        scout.Next(0);
        scout.OnView(View(9, true, 1, 2), 0);
        scout.Next(1000);
        Assert.False(scout.OnView(View(1, true, 4, 5), 1000));
        Assert.Equal(At(2), scout.Next(1000));
        Assert.True(scout.OnFailed(1000));
        Assert.Equal(At(4), scout.View!.Shards[0].Master!.Address);
    }

    [Fact]
    public void The_table_notices_owners_that_change_and_no_others()
    {
        var table = new SlotTable<string>();
        ClusterView first = View(1, true, 1, 2);
        table.SetAll(first, node => string.Intern(node.AddressText));
        Assert.Equal(0, table.Version);
        Assert.Equal("10.0.0.1:7000", table[0]);
        Assert.Equal("10.0.0.2:7000", table[HashSlot.Count - 1]);
        table.SetAll(first, node => string.Intern(node.AddressText));
        Assert.Equal(0, table.Version);
        Assert.True(table.Set(5, string.Intern("10.0.0.2:7000")));
        Assert.Equal(1, table.Version);
        table.SetAll(first, node => string.Intern(node.AddressText));
        Assert.Equal(2, table.Version);
    }

    [Fact]
    public void Slots_without_a_master_stay_with_their_last_one_while_it_is_there()
    {
        var table = new SlotTable<string>();
        table.SetAll(View(1, true, 1, 2), node => string.Intern(node.AddressText));
        ClusterNode one = new(At(1), true, true, 0);
        table.SetAll(new ClusterView([new ClusterShard([(0, 99)], one, [])], 1, false), node => string.Intern(node.AddressText));
        Assert.Equal("10.0.0.1:7000", table[100]);
        Assert.Null(table[HashSlot.Count - 1]);
    }

    private static IPEndPoint At(int host) => new(IPAddress.Parse($"10.0.0.{host}"), 7000);

    // Two masters, half of the slots each.
    private static ClusterView View(long epoch, bool isOk, int first, int second) => new(
        [
            new ClusterShard([(0, 8191)], new ClusterNode(At(first), true, true, 0), []),
            new ClusterShard([(8192, 16383)], new ClusterNode(At(second), true, true, 0), []),
        ], epoch, isOk);
}
