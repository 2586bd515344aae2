using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Keyway.Shard.Effects;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Hashes;
using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Tests.Keyspace.Hashes;

/// <summary>Hashes of both forms against a Dictionary, and their forms against Redis's rule.</summary>
public sealed class HashModelTests
{
    private static readonly HashLimits Limits = new(Fields: 20, Bytes: 64);

    private static readonly string[] Texts =
    [
        "", "0", "1", "-1", "4095", "4096", "9223372036854775807", "9223372036854775808", "007", "-0", "a", "b", "\0\r\n", new string('c', 63), new string('d', 64),
        new string('e', 65), new string('f', 254), new string('g', 255), new string('h', 256), new string('i', 5000), "x", "y", "z",
    ];

    [Fact]
    public void Does_what_a_Dictionary_does_in_both_forms()
    {
        Prop.ForAll(Gen.ArrayOf(Gen.Zip(Gen.Choose(0, 7), Gen.Choose(0, 1 << 20))).ToArbitrary(), Check).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Values_of_a_large_hash_change_their_length_at_will_and_all_memory_comes_back()
    {
        using Databases databases = Create();
        long before = databases.Memory.UsedBytes;
        var model = new Dictionary<string, string>();
        var random = new System.Random(6);
        for (int i = 0; i < 60_000; i++)
        {
            string field = random.Next(20) == 0 ? new string('f', 240 + random.Next(30)) : $"field:{random.Next(5000)}";
            if (random.Next(4) == 0)
            {
                Assert.Equal(model.Remove(field), Remove(databases, field));
                continue;
            }

            string value = new('v', random.Next(10) == 0 ? 240 + random.Next(40) : random.Next(20));
            Assert.Equal(!model.ContainsKey(field), Set(databases, field, value));
            model[field] = value;
        }

        AssertSame(model, databases);
        databases[0].Delete(databases[0].Find("k"u8));
        while (databases.ReleaseSome(1000)) { }
        Assert.True(databases.Memory.UsedBytes - before <= 64 * 4, "only the table of the keyspace itself is left");
    }

    [Fact]
    public void A_copy_has_the_same_fields_and_a_life_of_its_own()
    {
        using Databases databases = Create();
        for (int i = 0; i < 1000; i++) Set(databases, $"f{i}", $"v{i}");
        databases[0].CopyTo(databases[0].Find("k"u8).Entry, databases[1], "k"u8);
        Set(databases, "f5", "other");

        var copy = new StoredHash(databases[1], databases[1].Find("k"u8).Entry);
        Assert.Equal(1000, copy.Count);
        Assert.True(copy.TryGet("f5"u8, out ListpackElement value));
        Assert.True(value.TextEquals("v5"u8));
    }

    [Fact]
    public void A_draft_takes_its_key_when_it_is_published_and_leaves_nothing_when_it_is_not()
    {
        using Databases databases = Create();
        Set(databases, "old", "1");
        long before = databases.Memory.UsedBytes;

        var given = new HashChange(databases[0], databases.Values, "k"u8, Limits);
        for (int i = 0; i < 100; i++) given.Set(Bytes($"f{i}"), "v"u8);
        given.Discard();
        while (databases.ReleaseSome(1000)) { }
        Assert.Equal(before, databases.Memory.UsedBytes);

        var taken = new HashChange(databases[0], databases.Values, "k"u8, Limits);
        taken.Set("new"u8, "2"u8);
        taken.Publish();
        AssertSame(new Dictionary<string, string> { ["new"] = "2" }, databases);
    }

    private static void Check((int Action, int Choice)[] actions)
    {
        using Databases databases = Create();
        var model = new Dictionary<string, string>();
        bool isSmall = true;
        foreach ((int action, int choice) in actions)
        {
            string field = Texts[choice % Texts.Length];
            string value = Texts[choice / 64 % Texts.Length];
            if (action >= 6)
            {
                Assert.Equal(model.Remove(field), Remove(databases, field));
            }
            else
            {
                int more = action == 5 ? choice % 25 : 1;
                for (int i = 0; i < more; i++)
                {
                    string name = more == 1 ? field : $"f{i}";
                    Assert.Equal(!model.ContainsKey(name), Set(databases, name, value));
                    model[name] = value;
                    isSmall &= name.Length <= Limits.Bytes && value.Length <= Limits.Bytes && model.Count <= Limits.Fields;
                }
            }

            if (model.Count == 0) isSmall = true;
            AssertSame(model, databases);
            if (model.Count > 0) Assert.Equal(isSmall, databases[0].Find("k"u8).Entry.Encoding == ValueEncoding.Listpack);
        }
    }

    private static void AssertSame(Dictionary<string, string> model, Databases databases)
    {
        Place place = databases[0].Find("k"u8);
        Assert.Equal(model.Count > 0, place.Exists);
        StoredHash hash = place.Exists ? new StoredHash(databases[0], place.Entry) : default;
        Assert.Equal(model.Count, hash.Count);
        var read = new Dictionary<string, string>();
        Span<byte> fieldDigits = stackalloc byte[32];
        Span<byte> valueDigits = stackalloc byte[32];
        for (HashReader reader = hash.Read(); reader.MoveNext();) read.Add(Text(reader.Field.Text(fieldDigits)), Text(reader.Value.Text(valueDigits)));
        Assert.Equal(model.OrderBy(pair => pair.Key, StringComparer.Ordinal), read.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        foreach (string field in Texts)
        {
            Assert.Equal(model.TryGetValue(field, out string? expected), hash.TryGet(Bytes(field), out ListpackElement value));
            if (expected != null) Assert.Equal(expected, Text(value.Text(valueDigits)));
        }
    }

    private static bool Set(Databases databases, string field, string value)
    {
        var change = new HashChange(databases[0], databases.Values, databases[0].Find("k"u8), Limits);
        bool isNew = change.Set(Bytes(field), Bytes(value));
        change.End();
        return isNew;
    }

    private static bool Remove(Databases databases, string field)
    {
        Place place = databases[0].Find("k"u8);
        if (!place.Exists) return false;
        var change = new HashChange(databases[0], databases.Values, place, Limits);
        bool wasThere = change.Remove(Bytes(field));
        change.End();
        return wasThere;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static Databases Create() => new(2, new KeyHash(3, 4), seed: 5, new Propagation());
}
