using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Keyway.Shard.Effects;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Sets;

namespace Keyway.Shard.Tests.Keyspace.Sets;

/// <summary>Sets of every form against a HashSet, and their forms against Redis's rule.</summary>
public sealed class SetModelTests
{
    private const long IntsetEntries = 20;

    private static readonly string[] Members =
    [
        "0", "1", "-1", "7", "32767", "32768", "-32769", "2147483648", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "007", "-0", "", "a", "b",
        "\0\r\n", new string('c', 63), new string('d', 64), new string('e', 65), new string('f', 254), new string('g', 255), new string('h', 5000), "1.5", " 1",
    ];

    [Fact]
    public void Does_what_a_HashSet_does_in_every_form()
    {
        Prop.ForAll(Gen.ArrayOf(Gen.Zip(Gen.Choose(0, 9), Gen.Choose(0, 1 << 20))).ToArbitrary(), Check).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_large_set_grows_and_shrinks_and_gives_its_memory_back()
    {
        using Databases databases = Create();
        long before = databases.Memory.UsedBytes;
        var model = new HashSet<string>();
        var random = new System.Random(5);
        for (int round = 0; round < 4; round++)
        {
            for (int i = 0; i < 30_000; i++)
            {
                string member = random.Next(3) == 0 ? random.Next(40_000).ToString() : $"member:{random.Next(40_000)}";
                bool adds = round % 2 == 0 ? random.Next(10) > 0 : random.Next(10) == 0;
                if (adds) Assert.Equal(model.Add(member), Add(databases, member));
                else Assert.Equal(model.Remove(member), Remove(databases, member));
            }

            Assert.Equal(model.Count, Find(databases).Count);
        }

        AssertSame(model, databases);
        databases[0].Delete(databases[0].Find("k"u8));
        while (databases.ReleaseSome(1000)) { }
        databases[0].Find("other"u8);
        Assert.True(databases.Memory.UsedBytes - before <= 64 * 4, "only the table of the keyspace itself is left");
    }

    [Fact]
    public void A_copy_has_the_same_members_and_a_life_of_its_own()
    {
        using Databases databases = Create();
        for (int i = 0; i < 1000; i++) Add(databases, $"m{i}");
        databases[0].CopyTo(databases[0].Find("k"u8).Entry, databases[1], "k"u8);
        Remove(databases, "m5");

        var copy = new StoredSet(databases[1], databases[1].Find("k"u8).Entry);
        Assert.Equal(1000, copy.Count);
        Assert.True(copy.Contains("m5"u8));
        Assert.Equal(999, Find(databases).Count);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(50)]
    [InlineData(3000)]
    public void Random_picks_are_fair(int members)
    {
        using Databases databases = Create();
        for (int i = 0; i < members; i++) Add(databases, $"member:{i}");
        var counts = new Dictionary<string, int>();
        const int PicksEach = 200;
        for (int i = 0; i < members * PicksEach; i++)
        {
            string picked = Encoding.ASCII.GetString(Find(databases).PickRandom(ref databases.Random).Bytes);
            counts[picked] = counts.GetValueOrDefault(picked) + 1;
        }

        // The standard deviation is about 14: none is six of them away.
        Assert.Equal(members, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, PicksEach - 90, PicksEach + 90));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(300)]
    [InlineData(900)]
    public void A_sample_of_a_large_set_has_different_members_and_is_fair(int count)
    {
        using Databases databases = Create();
        for (int i = 0; i < 1000; i++) Add(databases, $"member:{i}");
        var counts = new Dictionary<string, int>();
        int samples = 200_000 / count;
        for (int i = 0; i < samples; i++) AddSample(databases, count, counts);

        double expected = samples * count / 1000.0;
        double deviation = Math.Sqrt(expected * (1 - (count / 1000.0)));
        Assert.Equal(1000, counts.Count);
        Assert.All(counts.Values, taken => Assert.InRange(taken, expected - (6 * deviation), expected + (6 * deviation)));
    }

    private static unsafe void AddSample(Databases databases, int count, Dictionary<string, int> counts)
    {
        var chosen = new BlockList();
        RandomSample.Pick(Find(databases).Large!.Elements, count, ref databases.Random, chosen);
        Assert.Equal(count, chosen.Count);
        var seen = new HashSet<string>();
        for (int i = 0; i < chosen.Count; i++)
        {
            string member = Encoding.ASCII.GetString(MemberBlock.KeyOf(chosen[i]));
            Assert.True(seen.Add(member));
            counts[member] = counts.GetValueOrDefault(member) + 1;
        }
    }

    private static void Check((int Action, int Choice)[] actions)
    {
        using Databases databases = Create();
        var model = new HashSet<string>();
        bool isIntset = true;
        foreach ((int action, int choice) in actions)
        {
            string member = Members[choice % Members.Length];
            switch (action)
            {
                case 0 or 1 or 2 or 3:
                    AddBoth(databases, model, [member], ref isIntset);
                    break;
                case 4:
                    AddBoth(databases, model, Enumerable.Range(choice % 10, choice % 30).Select(i => i.ToString()), ref isIntset);
                    break;
                case 5:
                    AddBoth(databases, model, Enumerable.Range(choice % 10, choice % 70).Select(i => $"s{i}"), ref isIntset);
                    break;
                case 6:
                    foreach (string gone in model.Order(StringComparer.Ordinal).Where((_, i) => i % 3 == choice % 3).ToArray())
                    {
                        Assert.True(Remove(databases, gone));
                        model.Remove(gone);
                    }

                    break;
                case 7:
                    ReformBoth(databases, model, ref isIntset);
                    break;
                default:
                    Assert.Equal(model.Remove(member), Remove(databases, member));
                    break;
            }

            if (model.Count == 0) isIntset = true;
            AssertSame(model, databases);
            if (model.Count > 0) Assert.Equal(isIntset, databases[0].Find("k"u8).Entry.Encoding == ValueEncoding.Intset);
        }
    }

    private static void AddBoth(Databases databases, HashSet<string> model, IEnumerable<string> members, ref bool isIntset)
    {
        foreach (string member in members)
        {
            Assert.Equal(model.Add(member), Add(databases, member));
            isIntset &= model.Count <= IntsetEntries && IsNumber(member);
        }
    }

    private static void ReformBoth(Databases databases, HashSet<string> model, ref bool isIntset)
    {
        string? gone = model.Order(StringComparer.Ordinal).FirstOrDefault();
        if (model.Count < 2) return;

        model.Remove(gone!);
        var change = Change(databases);
        change.Remove(Bytes(gone!));
        change.Reform();
        change.End();
        isIntset = model.Count <= IntsetEntries && model.All(IsNumber);
    }

    private static void AssertSame(HashSet<string> model, Databases databases)
    {
        StoredSet set = Find(databases);
        Assert.Equal(model.Count, set.Count);
        Assert.Equal(model.Count > 0, databases[0].Find("k"u8).Exists);
        var read = new List<string>();
        Span<byte> digits = stackalloc byte[32];
        for (SetReader reader = set.Read(); reader.MoveNext();) read.Add(Encoding.Latin1.GetString(reader.Member.Text(digits)));
        Assert.Equal(model.Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));
        if (model.Count > 200) return;
        foreach (string member in Members) Assert.Equal(model.Contains(member), set.Contains(Bytes(member)));
    }

    private static bool IsNumber(string text) => long.TryParse(text, out long number) && number.ToString() == text;

    private static StoredSet Find(Databases databases)
    {
        Place place = databases[0].Find("k"u8);
        return place.Exists ? new StoredSet(databases[0], place.Entry) : default;
    }

    private static SetChange Change(Databases databases) => new(databases[0], databases.Values, databases[0].Find("k"u8), IntsetEntries);

    private static bool Add(Databases databases, string member)
    {
        SetChange change = Change(databases);
        bool isNew = change.Add(Bytes(member));
        change.End();
        return isNew;
    }

    private static bool Remove(Databases databases, string member)
    {
        if (!databases[0].Find("k"u8).Exists) return false;
        SetChange change = Change(databases);
        bool wasThere = change.Remove(Bytes(member));
        change.End();
        return wasThere;
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static Databases Create() => new(2, new KeyHash(3, 4), seed: 5, new Propagation());
}
