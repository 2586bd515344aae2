using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Keyway.Shard.Effects;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Tests.Keyspace.SortedSets;

/// <summary>A sorted set in its key, in all its forms, against a plain list that is sorted anew for each question.</summary>
public sealed class SortedSetEditorTests
{
    private static readonly byte[] Key = "key"u8.ToArray();

    private static readonly string[] Members =
        ["", "0", "1", "-1", "10", "9", "127", "128", "a", "b", "ab", "\0", "\u00ff", "9223372036854775807", "01", new string('x', 64), new string('y', 65), "z"];

    private static readonly double[] Scores =
        [0, -0.0, 1, -1, 0.5, -0.5, 3.1, 127, 128, 1e17, -1e17, 4611686018427387904, 4.7e18, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue];

    private static readonly SortedSetLimits Defaults = new(128, 64);
    private static readonly SortedSetLimits AlwaysLarge = new(0, 64);
    private static readonly SortedSetLimits Tight = new(6, 64);

    [Fact]
    public void Does_what_a_sorted_list_does()
    {
        Gen<(int, int, int)> operation = Gen.Choose(0, 9).SelectMany(kind => Gen.Choose(0, Members.Length - 1).SelectMany(member => Gen.Choose(0, Scores.Length - 1).Select(score => (kind, member, score))));
        Prop.ForAll(Gen.ArrayOf(operation).ToArbitrary(), Check).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Turns_large_when_it_has_too_many_elements_or_too_long_a_member_and_stays_so()
    {
        using Databases databases = Create();
        for (int i = 0; i < 128; i++) Add(databases, Defaults, $"{i}", i);
        Assert.Equal(ValueEncoding.Listpack, databases[0].Find(Key).Entry.Encoding);
        Add(databases, Defaults, "1", 5);
        Assert.Equal(ValueEncoding.Listpack, databases[0].Find(Key).Entry.Encoding);
        Add(databases, Defaults, "128", 0);
        Assert.Equal(ValueEncoding.Large, databases[0].Find(Key).Entry.Encoding);
        Remove(databases, Defaults, "7");
        Assert.Equal(ValueEncoding.Large, databases[0].Find(Key).Entry.Encoding);

        databases[0].Delete(databases[0].Find(Key));
        Add(databases, Defaults, new string('x', 64), 1);
        Assert.Equal(ValueEncoding.Listpack, databases[0].Find(Key).Entry.Encoding);
        Add(databases, Defaults, new string('x', 65), 1);
        Assert.Equal(ValueEncoding.Large, databases[0].Find(Key).Entry.Encoding);
    }

    [Fact]
    public void A_small_one_lies_in_memory_as_redis_would_dump_it()
    {
        using Databases databases = Create();
        Add(databases, Defaults, "b", 2.5);
        Add(databases, Defaults, "a", 1);

        Assert.Equal(Convert.FromHexString("140000000400816102010181620283322E3504FF"), databases[0].Find(Key).Entry.Bytes.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(128)]
    public void A_builder_takes_elements_in_any_order_and_each_member_once(int entries)
    {
        using Databases databases = Create();
        var random = new System.Random(1);
        for (int count = 1; count < 200; count += random.Next(1, 40))
        {
            using var builder = new SortedSetBuilder(databases.Values, new SortedSetLimits(entries, 64));
            var model = new Dictionary<string, double>();
            for (int i = 0; i < count; i++)
            {
                string member = $"{random.Next(count)}";
                double score = random.Next(5) / 2.0;
                Assert.Equal(model.TryAdd(member, score), builder.TryAdd(Encoding.Latin1.GetBytes(member), score));
            }

            Assert.Equal(model.Count, builder.Count);
            builder.StoreAt(databases[0], databases[0].Find(Key, Lookup.Write));
            Entry entry = databases[0].Find(Key).Entry;
            Assert.Equal(model.Count > entries ? ValueEncoding.Large : ValueEncoding.Listpack, entry.Encoding);
            Assert.Equal(Ordered(model), Read(databases[0], entry));
        }
    }

    private static void Check((int Kind, int Member, int Score)[] operations)
    {
        foreach (SortedSetLimits limits in (SortedSetLimits[])[Defaults, Tight, AlwaysLarge])
        {
            using Databases databases = Create();
            var model = new Dictionary<string, double>();
            foreach ((int kind, int member, int score) in operations) Apply(databases, limits, model, kind, Members[member], Scores[score], score);
            databases[0].Clear(inSlices: false);
            databases.Values.FreeAll();
            Assert.Equal(0, databases.Memory.UsedBytes);
        }
    }

    private static void Apply(Databases databases, SortedSetLimits limits, Dictionary<string, double> model, int kind, string member, double score, int number)
    {
        Database database = databases[0];
        bool exists = model.TryGetValue(member, out double present);
        switch (kind)
        {
            case 0 or 1 or 2 or 3:
                Assert.Equal(!exists ? AddOutcome.Added : present == score ? AddOutcome.Unchanged : AddOutcome.Updated, Add(databases, limits, member, score));
                if (!exists || present != score) model[member] = score;
                break;
            case 4:
                double sum = exists ? present + score : score;
                AddOutcome outcome = Add(databases, limits, member, score, AddConditions.Increment);
                Assert.Equal(!exists ? AddOutcome.Added : double.IsNaN(sum) ? AddOutcome.NotANumber : sum == present ? AddOutcome.Unchanged : AddOutcome.Updated, outcome);
                if (outcome is AddOutcome.Added or AddOutcome.Updated) model[member] = sum;
                break;
            case 5:
                bool higher = !exists || score > present;
                Assert.Equal(!exists ? AddOutcome.Added : higher ? AddOutcome.Updated : AddOutcome.Refused, Add(databases, limits, member, score, AddConditions.OnlyHigher));
                if (higher) model[member] = score;
                break;
            case 6:
                Assert.Equal(exists, model.Count > 0 && Remove(databases, limits, member));
                model.Remove(member);
                break;
            case 7 when model.Count > 0:
                int start = number % model.Count;
                int count = 1 + (member.Length % (model.Count - start));
                foreach ((string gone, _) in Ordered(model).GetRange(start, count)) model.Remove(gone);
                var editor = new SortedSetEditor(database, databases.Values, limits, database.Find(Key));
                editor.RemoveRange(start, count);
                Assert.Equal(model.Count == 0, editor.Finish());
                break;
        }

        Place place = database.Find(Key);
        Assert.Equal(model.Count > 0, place.Exists);
        if (place.Exists) AssertHolds(database, place.Entry, Ordered(model), number);
    }

    private static void AssertHolds(Database database, Entry entry, List<(string Member, double Score)> expected, int number)
    {
        Assert.Equal(expected, Read(database, entry));
        int rank = number % expected.Count;
        var reader = new SortedSetReader(database, entry);
        reader.Seek(rank);
        var backwards = new List<string>();
        while (reader.MovePrevious()) backwards.Add(Encoding.Latin1.GetString(reader.Member));
        Assert.Equal(expected.Take(rank + 1).Reverse().Select(element => element.Member), backwards);

        (string member, double score) = expected[rank];
        foreach (bool excludes in (bool[])[false, true])
        {
            var range = new ScoreRange(score, excludes, Scores[rank], excludes);
            Assert.Equal(expected.Count(element => excludes ? element.Score <= score : element.Score < score), Before(database, entry, range.Start));
            Assert.Equal(expected.Count(element => excludes ? element.Score < Scores[rank] : element.Score <= Scores[rank]), Before(database, entry, range.End));
        }

        Assert.Equal(rank, Before(database, entry, new ElementBound(score, Encoding.Latin1.GetBytes(member), isBehind: false)));
        Assert.Equal(rank + 1, Before(database, entry, new ElementBound(score, Encoding.Latin1.GetBytes(member), isBehind: true)));
    }

    private static long Before<TBound>(Database database, Entry entry, in TBound bound)
        where TBound : IOrderBound, allows ref struct =>
        entry.IsLarge ? ((LargeSortedSet)database.LargeValueOf(entry)).CountBefore(in bound) : CompactSortedSet.CountBefore(entry.Bytes, in bound, out _);

    private static AddOutcome Add(Databases databases, SortedSetLimits limits, string member, double score, AddConditions conditions = AddConditions.None)
    {
        var editor = new SortedSetEditor(databases[0], databases.Values, limits, databases[0].Find(Key));
        AddOutcome outcome = editor.Add(Encoding.Latin1.GetBytes(member), score, conditions, out _);
        Assert.False(editor.Finish());
        return outcome;
    }

    private static bool Remove(Databases databases, SortedSetLimits limits, string member)
    {
        var editor = new SortedSetEditor(databases[0], databases.Values, limits, databases[0].Find(Key));
        bool wasThere = editor.Remove(Encoding.Latin1.GetBytes(member));
        editor.Finish();
        return wasThere;
    }

    private static List<(string Member, double Score)> Read(Database database, Entry entry)
    {
        var elements = new List<(string, double)>();
        var reader = new SortedSetReader(database, entry);
        while (reader.MoveNext()) elements.Add((Encoding.Latin1.GetString(reader.Member), reader.Score));
        Assert.Equal(elements.Count, reader.Count);
        return elements;
    }

    private static List<(string Member, double Score)> Ordered(Dictionary<string, double> model) =>
        [.. model.Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)];

    private static Databases Create() => new(1, new KeyHash(1, 2), seed: 3, new Propagation());
}
