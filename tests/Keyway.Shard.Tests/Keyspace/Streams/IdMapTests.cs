using FsCheck;
using FsCheck.Fluent;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Streams;

namespace Keyway.Shard.Tests.Keyspace.Streams;

public sealed unsafe class IdMapTests
{
    [Fact]
    public void Does_what_a_sorted_dictionary_does()
    {
        Gen<(int Action, int Id)> step = Gen.Zip(Gen.Choose(0, 9), Gen.Choose(0, 5000));
        Prop.ForAll(Gen.ListOf(step, 3000).ToArbitrary(), Check).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_comes_in_order_fills_its_chunks_and_leaves_nothing_behind()
    {
        using var memory = new SlabAllocator();
        var map = new IdMap(memory);
        const int Count = 100_000;
        for (int i = 1; i <= Count; i++) Assert.True(map.TryAdd(new StreamId((ulong)i, 0), (void*)i));

        Assert.InRange(map.MemoryBytes, Count * 24, Count * 25);
        for (int i = 1; i <= Count; i++)
        {
            Assert.Equal(new StreamId((ulong)i, 0), map.IdAt(map.First));
            Assert.Equal(i, (nint)map.Remove(new StreamId((ulong)i, 0)));
        }

        Assert.False(map.IsValid(map.First));
        Assert.Equal(0, map.MemoryBytes);
        Assert.Equal(0, memory.UsedBytes);
    }

    private static void Check(IList<(int Action, int Id)> steps)
    {
        using var memory = new SlabAllocator();
        var map = new IdMap(memory);
        var model = new SortedDictionary<StreamId, nint>();
        bool isShrinking = false;
        foreach ((int action, int number) in steps)
        {
            var id = new StreamId((ulong)number / 7, (ulong)number % 7);
            if (model.Count > 1200) isShrinking = true;
            if (model.Count < 10) isShrinking = false;

            if (action < (isShrinking ? 3 : 7))
            {
                bool isNew = model.TryAdd(id, number + 1);
                Assert.Equal(isNew, map.TryAdd(id, (void*)(number + 1)));
            }
            else
            {
                nint expected = model.GetValueOrDefault(id);
                model.Remove(id);
                Assert.Equal(expected, (nint)map.Remove(id));
            }

            Assert.Equal(model.Count, map.Count);
            AssertSeeks(map, model, id);
        }

        AssertSame(map, model);
        while (map.TryTakeLast(out void* value))
        {
            Assert.Equal(model.Last().Value, (nint)value);
            model.Remove(model.Last().Key);
        }

        Assert.Empty(model);
        Assert.Equal(0, memory.UsedBytes);
    }

    private static void AssertSeeks(IdMap map, SortedDictionary<StreamId, nint> model, StreamId id)
    {
        Assert.Equal(model.GetValueOrDefault(id), (nint)map.Find(id));
        if (model.Count % 50 != 0) return;

        StreamId[] atLeast = [.. model.Keys.Where(key => key >= id)];
        StreamId[] atMost = [.. model.Keys.Where(key => key <= id)];
        IdMap.Position found = map.SeekAtLeast(id);
        Assert.Equal(atLeast.Length > 0, map.IsValid(found));
        if (atLeast.Length > 0) Assert.Equal(atLeast[0], map.IdAt(found));
        Assert.Equal(atLeast.Length, map.CountFrom(found, long.MaxValue));
        Assert.Equal(Math.Min(3, atLeast.Length), map.CountFrom(found, 3));

        found = map.SeekAtMost(id);
        Assert.Equal(atMost.Length > 0, map.IsValid(found));
        if (atMost.Length > 0) Assert.Equal(atMost[^1], map.IdAt(found));
    }

    private static void AssertSame(IdMap map, SortedDictionary<StreamId, nint> model)
    {
        var forwards = new List<(StreamId, nint)>();
        for (IdMap.Position position = map.First; map.IsValid(position); position = map.Next(position)) forwards.Add((map.IdAt(position), (nint)map[position]));
        Assert.Equal(model.Select(pair => (pair.Key, pair.Value)), forwards);

        var backwards = new List<StreamId>();
        if (map.Count > 0)
        {
            for (IdMap.Position position = map.Last; map.IsValid(position); position = map.Previous(position)) backwards.Add(map.IdAt(position));
        }

        Assert.Equal(model.Keys.Reverse(), backwards);
    }
}
