using FsCheck;
using FsCheck.Fluent;
using Keyway.Shard.Commands.Sorting;

namespace Keyway.Shard.Tests.Commands.Sorting;

public sealed class PartialSortTests
{
    [Fact]
    public void The_part_that_is_seen_is_sorted_and_no_item_is_lost()
    {
        Gen<(int Value, int Bound)[]> items = Gen.ArrayOf(Gen.Zip(Gen.Choose(0, 100), Gen.Choose(0, 1 << 20)));
        Prop.ForAll(items.Resize(500).ToArbitrary(), given =>
        {
            if (given.Length > 0) Check([.. given.Select(item => (double)item.Value)], given[0].Bound % given.Length, given[^1].Bound % given.Length);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Long_runs_of_order_or_of_equals_are_sorted_too(bool areEqual)
    {
        double[] ascending = [.. Enumerable.Range(0, 50_000).Select(i => areEqual ? 1.0 : i)];
        Check(ascending, 100, 200);
        Check([.. ascending.Reverse()], 49_000, 49_999);
    }

    private static void Check(double[] scores, int first, int last)
    {
        if (first > last) (first, last) = (last, first);
        SortItem[] items = [.. scores.Select((score, i) => new SortItem { Score = score, Position = i })];
        PartialSort.Sort(items, new SortOrder(descends: false, alpha: false, byWeight: true, exactly: false), first, last);

        Assert.Equal(scores.Order().Skip(first).Take(last - first + 1), items.Skip(first).Take(last - first + 1).Select(item => item.Score));
        Assert.Equal(Enumerable.Range(0, scores.Length), items.Select(item => item.Position).Order());
    }
}
