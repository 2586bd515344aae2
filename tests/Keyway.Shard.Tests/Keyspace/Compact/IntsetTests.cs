using FsCheck;
using FsCheck.Fluent;
using Keyway.Shard.Keyspace.Compact;
using Xunit;

namespace Keyway.Shard.Tests.Keyspace.Compact;

public class IntsetTests
{
    private static readonly long[] Numbers =
    [
        0, 1, -1, 2, 3, 100, short.MaxValue, short.MinValue, short.MaxValue + 1, short.MinValue - 1, int.MaxValue, int.MinValue, int.MaxValue + 1L, int.MinValue - 1L,
        long.MaxValue, long.MinValue,
    ];

    [Fact]
    public void Does_what_a_sorted_set_of_numbers_does()
    {
        Prop.ForAll(Gen.ArrayOf(Gen.Zip(Gen.Choose(0, 2), Gen.Choose(0, Numbers.Length - 1))).ToArbitrary(), Check).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Numbers_asked_for_in_ascending_order_are_found_from_where_the_last_was()
    {
        Prop.ForAll(Gen.Zip(Gen.ArrayOf(Gen.Choose(-400, 400)), Gen.ArrayOf(Gen.Choose(-400, 400))).ToArbitrary(), CheckNext).QuickCheckThrowOnFailure();
    }

    private static void CheckNext((int[] Present, int[] Asked) numbers)
    {
        var intset = new byte[Intset.HeaderBytes];
        Intset.WriteEmpty(intset);
        foreach (int number in numbers.Present.Distinct())
        {
            Intset.Find(intset, number, out int index);
            Array.Resize(ref intset, Intset.BytesWith(intset, number));
            Intset.Insert(intset, index, number);
        }

        int from = 0;
        foreach (int number in numbers.Asked.Order()) Assert.Equal(numbers.Present.Contains(number), Intset.FindNext(intset, number, ref from));
    }

    private static void Check((int Action, int Choice)[] actions)
    {
        var model = new SortedSet<long>();
        var intset = new byte[Intset.HeaderBytes];
        Intset.WriteEmpty(intset);

        foreach ((int action, int choice) in actions)
        {
            long number = Numbers[choice];
            Assert.Equal(model.Contains(number), Intset.Find(intset, number, out int index));
            if (action > 0 && model.Add(number))
            {
                Array.Resize(ref intset, Intset.BytesWith(intset, number));
                Intset.Insert(intset, index, number);
            }
            else if (action == 0 && model.Remove(number))
            {
                Array.Resize(ref intset, Intset.RemoveAt(intset, index));
            }

            Assert.Equal(intset.Length, Intset.BytesOf(intset));
        }

        Assert.Equal(model, Enumerable.Range(0, Intset.Count(intset)).Select(i => Intset.At(intset, i)));
        Assert.Equal(model.Count > 0, Intset.IsValid(intset));
    }
}
