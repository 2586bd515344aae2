using System.Text;
using Keyway.Shard.Effects;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Snapshots;
using Xunit;

namespace Keyway.Shard.Tests.Keyspace.Snapshots;

public sealed class SnapshotTests
{
    private const int DatabaseCount = 3;

    [Fact]
    public void Holds_each_key_once_as_it_was_at_the_instant_whatever_happens_meanwhile()
    {
        for (int seed = 0; seed < 100; seed++) Play(seed, snapshots: 3, giveUpOneIn: 0);
    }

    [Fact]
    public void One_that_is_given_up_does_not_spoil_the_next()
    {
        for (int seed = 1000; seed < 1060; seed++) Play(seed, snapshots: 5, giveUpOneIn: 2);
    }

    [Fact]
    public void Pauses_while_the_writer_is_full_and_still_takes_what_is_about_to_change()
    {
        using Databases databases = New(1);
        for (int i = 0; i < 1000; i++) Set(databases[0], $"key:{i}", "before");
        var writer = new Recorder { IsFull = true };
        Snapshot snapshot = databases.BeginSnapshot(writer);

        Assert.True(snapshot.Walk(1 << 20));
        Assert.Empty(writer.Entries);
        Set(databases[0], "key:7", "after");
        Assert.Equal(["0 key:7 String before -1"], writer.Entries);

        writer.IsFull = false;
        while (snapshot.Walk(100)) { }
        Assert.Equal(1000, writer.Entries.Distinct().Count());
        Assert.Equal(1000, writer.Entries.Count);
        Assert.DoesNotContain(writer.Entries, entry => entry.Contains("after", StringComparison.Ordinal));
    }

    [Fact]
    public void A_flushed_table_is_given_back_when_the_walk_has_passed_it()
    {
        using Databases databases = New(1);
        for (int i = 0; i < 5000; i++) Set(databases[0], $"key:{i}", new string('v', 100));
        long full = databases.Memory.UsedBytes;
        var writer = new Recorder();
        Snapshot snapshot = databases.BeginSnapshot(writer);
        databases[0].Clear(inSlices: false);
        Assert.True(databases.Memory.UsedBytes > full / 2);

        while (snapshot.Walk(1000)) { }
        Assert.Equal(5000, writer.Entries.Count);
        while (databases.ReleaseSome(1000)) { }
        Assert.True(databases.Memory.UsedBytes < full / 10);
    }

    [Fact]
    public void One_that_is_given_up_goes_on_over_tables_that_others_have_replaced()
    {
        using Databases databases = New(1);
        for (int i = 0; i < 50_000; i++) Set(databases[0], $"key:{i}", "former");
        Snapshot givenUp = databases.BeginSnapshot(new Recorder());
        givenUp.Walk(100);
        givenUp.GiveUp();

        Databases beside = databases.MakeBeside();
        for (int i = 0; i < 100; i++) Set(beside[0], $"key:{i}", "latter");
        databases.SwapWith(beside);
        beside.ClearAll();
        while (databases.ReleaseSome(1000)) { }
        while (givenUp.Walk(1000)) databases.ReleaseSome(1000);
        while (databases.ReleaseSome(1000)) { }

        var writer = new Recorder();
        Snapshot next = databases.BeginSnapshot(writer);
        while (next.Walk(1000)) { }
        Assert.Equal(100, writer.Entries.Count);
        Assert.All(writer.Entries, entry => Assert.Contains("latter", entry, StringComparison.Ordinal));
    }

    private static void Play(int seed, int snapshots, int giveUpOneIn)
    {
        var random = new Random(seed);
        using Databases databases = New(seed);
        long now = 1_000_000;
        databases.SetTime(now);
        for (int i = 0; i < random.Next(300); i++) Change(databases, random);

        for (int round = 0; round < snapshots; round++)
        {
            List<string> expected = Everything(databases);
            var writer = new Recorder();
            Snapshot snapshot = databases.BeginSnapshot(writer);
            bool givesUp = giveUpOneIn > 0 && random.Next(giveUpOneIn) == 0;
            bool isRunning = true;
            while (isRunning)
            {
                for (int changes = random.Next(8); changes > 0; changes--) Change(databases, random);
                if (random.Next(20) == 0) databases.SetTime(now += random.Next(50));
                writer.IsFull = random.Next(4) == 0;
                isRunning = snapshot.Walk(random.Next(200));
                if (givesUp && random.Next(10) == 0) snapshot.GiveUp();
                databases.ReleaseSome(random.Next(10));
            }

            Assert.Null(databases.Snapshot);
            if (!snapshot.IsGivenUp) Assert.Equal(expected, writer.Entries.Order(StringComparer.Ordinal));
        }
    }

    private static void Change(Databases databases, Random random)
    {
        Database database = databases[random.Next(DatabaseCount)];
        Database other = databases[random.Next(DatabaseCount)];
        byte[] key = Bytes($"k{random.Next(40)}");
        byte[] otherKey = Bytes($"k{random.Next(40)}");
        Place place = database.Find(key);
        switch (random.Next(16))
        {
            case 0 or 1 or 2:
                database.SetString(place, Bytes(new string('v', random.Next(random.Next(3) == 0 ? 9000 : 60))), random.Next(4) == 0 ? Database.KeepExpiry : Database.NoExpiry);
                break;
            case 3:
                if (place.Exists && place.Entry.Kind == ValueKind.String) database.WriteInto(place, random.Next(100), Bytes("patch"));
                break;
            case 4:
                database.SetString(place, Bytes($"{random.Next(1000)}"), databases.NowMs + random.Next(100));
                break;
            case 5 or 6:
                if (place.Exists) database.Delete(place);
                break;
            case 7:
                if (place.Exists && !(database == other && key.AsSpan().SequenceEqual(otherKey))) database.MoveTo(place, other, otherKey);
                break;
            case 8:
                if (place.Exists && !(database == other && key.AsSpan().SequenceEqual(otherKey))) database.CopyTo(place.Entry, other, otherKey);
                break;
            case 9:
                if (place.Exists) database.SetExpiry(place, databases.NowMs + random.Next(100));
                break;
            case 10:
                if (place.Exists) database.Persist(place);
                break;
            case 11 or 12:
                Push(database, place, Bytes($"{random.Next(100_000)}"));
                break;
            case 13:
                if (random.Next(20) == 0) database.Clear(inSlices: random.Next(2) == 0);
                break;
            case 14:
                if (random.Next(5) == 0 && database != other) database.SwapWith(other);
                break;
            default:
                int visits = 10, deletions = 10;
                database.DeleteDue(ref visits, ref deletions);
                database.MoveBuckets(1);
                break;
        }
    }

    private static void Push(Database database, Place place, byte[] value)
    {
        if (!place.Exists || place.Entry.Encoding != ValueEncoding.Listpack)
        {
            place = database.SetCompact(place, ValueKind.List, ValueEncoding.Listpack, Listpack.EmptyBytes);
            Listpack.WriteEmpty(place.Entry.WritableBytes);
        }

        database.BeginChange(place);
        int length = place.Entry.ValueLength;
        database.Resize(ref place, length + Listpack.SizeOf(value));
        Listpack.Append(place.Entry.WritableBytes, value);
        database.EndChange(place);
    }

    private static List<string> Everything(Databases databases)
    {
        var all = new List<string>();
        for (int i = 0; i < DatabaseCount; i++)
        {
            var found = new BlockList();
            ulong cursor = 0;
            do cursor = databases[i].Scan(cursor, found);
            while (cursor != 0);
            var entries = new HashSet<string>();
            for (int j = 0; j < found.Count; j++) entries.Add(Shown(i, found.EntryAt(j)));
            all.AddRange(entries);
        }

        return [.. all.Order(StringComparer.Ordinal)];
    }

    private static string Shown(int database, Entry entry)
    {
        string value = entry.Encoding == ValueEncoding.Integer ? $"{entry.Integer}" : Convert.ToHexString(entry.Bytes);
        if (entry.Kind == ValueKind.String && entry.Encoding != ValueEncoding.Integer) value = Encoding.Latin1.GetString(entry.Bytes);
        return $"{database} {Encoding.ASCII.GetString(entry.Key)} {entry.Kind} {value} {entry.ExpiresAtMs}";
    }

    private static Databases New(int seed) => new(DatabaseCount, new KeyHash(1, (ulong)seed), (ulong)seed + 1, new Propagation());

    private static void Set(Database database, string key, string value) => database.SetString(database.Find(Bytes(key)), Bytes(value), Database.NoExpiry);

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    private sealed class Recorder : ISnapshotWriter
    {
        public List<string> Entries { get; } = [];

        public bool IsFull { get; set; }

        public long WrittenBytes { get; private set; }

        public void BeginDatabase(int database, long keys, long keysWithExpiry) => Assert.InRange(keysWithExpiry, 0, keys);

        public void Write(int database, Entry entry)
        {
            string shown = Shown(database, entry);
            Entries.Add(shown);
            WrittenBytes += shown.Length;
        }

        public void Complete() => WrittenBytes++;
    }
}
