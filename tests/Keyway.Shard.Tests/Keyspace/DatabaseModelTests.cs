using System.Text;
using Keyway.Shard.Effects;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Tests.Keyspace;

/// <summary>The keyspace against a Dictionary, over random operations. A failure names its seed.</summary>
public sealed class DatabaseModelTests
{
    private const long StartMs = 1_000_000;

    [Theory]
    [InlineData(1, 300)]
    [InlineData(2, 5_000)]
    [InlineData(3, 40_000)]
    public void Holds_what_a_dictionary_holds_through_growth_expiry_and_shrinking(int seed, int keys)
    {
        var random = new Random(seed);
        using var databases = Create(seed);
        Database database = databases[0];
        var model = new Dictionary<string, (byte[] Value, long ExpiresAtMs)>();
        long nowMs = StartMs;

        for (int step = 0; step < 120_000; step++)
        {
            if (random.Next(50) == 0) databases.SetTime(nowMs += random.Next(20));
            string name = $"key:{random.Next(keys)}";
            byte[] key = Encoding.ASCII.GetBytes(name);
            Forget(model, name, nowMs);

            // Phases that mostly set and phases that mostly delete.
            int choice = random.Next(100);
            bool deletes = step / 20_000 % 2 == 1;
            Place place = database.Find(key, Lookup.Write);
            Assert.Equal(model.ContainsKey(name), place.Exists);
            if (choice < (deletes ? 15 : 60))
            {
                byte[] value = RandomValue(random);
                long expiresAtMs = random.Next(4) switch { 0 => nowMs + random.Next(1, 200), 1 => Database.KeepExpiry, _ => Database.NoExpiry };
                database.SetString(place, value, expiresAtMs);
                long kept = model.TryGetValue(name, out var old) ? old.ExpiresAtMs : Database.NoExpiry;
                model[name] = (value, expiresAtMs == Database.KeepExpiry ? kept : expiresAtMs);
            }
            else if (choice < 75 && place.Exists)
            {
                database.Delete(place);
                model.Remove(name);
            }
            else if (choice < 80 && place.Exists)
            {
                database.SetExpiry(place, nowMs + 500);
                model[name] = (model[name].Value, nowMs + 500);
            }
            else if (choice < 85 && place.Exists)
            {
                Assert.Equal(model[name].ExpiresAtMs != Database.NoExpiry, database.Persist(place));
                model[name] = (model[name].Value, Database.NoExpiry);
            }
            else if (choice < 90)
            {
                int offset = random.Next(100);
                byte[] bytes = RandomValue(random);
                database.WriteInto(place, offset, bytes);
                model[name] = (Overlay(model.TryGetValue(name, out var old) ? old.Value : [], offset, bytes), model.TryGetValue(name, out old) ? old.ExpiresAtMs : Database.NoExpiry);
            }
            else if (choice < 93 && place.Exists)
            {
                string newName = $"key:{random.Next(keys)}";
                if (newName == name) continue;
                database.MoveTo(place, database, Encoding.ASCII.GetBytes(newName));
                model[newName] = model[name];
                model.Remove(name);
            }
            else if (choice == 99)
            {
                int visits = 1000, deletions = 100;
                database.DeleteDue(ref visits, ref deletions);
            }
        }

        foreach (string name in model.Keys.ToArray()) Forget(model, name, nowMs);
        int everything = int.MaxValue, all = int.MaxValue;
        Assert.True(database.DeleteDue(ref everything, ref all));
        Assert.Equal(model.Count, database.Count);
        Assert.Equal(model.Values.Count(value => value.ExpiresAtMs != Database.NoExpiry), database.VolatileCount);
        foreach ((string name, (byte[] value, long expiresAtMs)) in model)
        {
            Place place = database.Find(Encoding.ASCII.GetBytes(name));
            Assert.True(place.Exists, name);
            Assert.Equal(value, ValueOf(place.Entry));
            Assert.Equal(expiresAtMs, place.Entry.ExpiresAtMs);
        }

        database.Clear(inSlices: false);
        Assert.Equal(0, database.Count);
        Assert.Equal(0, databases.Memory.UsedBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void A_scan_meets_every_key_that_is_there_from_its_begin_to_its_end(int seed)
    {
        var random = new Random(seed);
        using var databases = Create(seed);
        Database database = databases[0];
        var found = new BlockList();
        int resizes = 0;

        for (int round = 0; round < 40; round++)
        {
            // From tiny to large and back, so that scans begin and end in tables of all sizes and between two of them.
            int size = 1 << random.Next(1, 14);
            for (int i = 0; i < size; i++) Set(database, $"base:{round}:{i}");
            var steady = new HashSet<string>();
            for (int i = 0; i < size; i += random.Next(1, 4)) steady.Add($"base:{round}:{i}");

            ulong cursor = 0;
            int extra = 0;
            var seen = new HashSet<string>();
            do
            {
                found.Clear();
                cursor = database.Scan(cursor, found);
                for (int i = 0; i < found.Count; i++) seen.Add(Encoding.ASCII.GetString(found.EntryAt(i).Key));

                // Between two calls anything may happen to the others.
                switch (random.Next(4))
                {
                    case 0:
                        for (int i = random.Next(200); i > 0; i--) Set(database, $"extra:{extra++}");
                        break;
                    case 1:
                        for (int i = random.Next(400); i > 0; i--) Delete(database, $"base:{round}:{random.Next(size)}", steady);
                        break;
                    case 2:
                        while (extra > 0 && random.Next(100) > 0) Delete(database, $"extra:{--extra}", steady);
                        break;
                }

                if (database.IsResizing) resizes++;
            }
            while (cursor != 0);

            steady.ExceptWith(seen);
            Assert.True(steady.Count == 0, $"round {round} missed {steady.Count}");
            if (random.Next(3) == 0) database.Clear(inSlices: false);
        }

        Assert.True(resizes > 0);
    }

    [Fact]
    public void A_walk_without_changes_meets_each_key_once_even_in_the_middle_of_growing()
    {
        using var databases = Create(1);
        Database database = databases[0];
        var found = new BlockList();
        int checkedWhileGrowing = 0;
        for (int i = 0; i < 30_000; i++)
        {
            Set(database, $"k{i}");
            if (i % 997 != 0 && !(database.IsResizing && i % 101 == 0)) continue;

            found.Clear();
            ulong cursor = 0;
            do cursor = database.Scan(cursor, found);
            while (cursor != 0);
            Assert.Equal(i + 1, found.Count);
            if (database.IsResizing) checkedWhileGrowing++;
        }

        Assert.True(checkedWhileGrowing > 0);
    }

    [Fact]
    public void Growing_is_spread_over_the_operations_and_goes_on_without_any()
    {
        using var databases = Create(1);
        Database database = databases[0];
        int count = 0;
        while (!database.IsResizing || database.Buckets < 10_000) Set(database, $"k{count++}");
        long before = database.Buckets;

        Set(database, "one more");
        Assert.True(database.IsResizing);
        for (int ticks = 0; database.IsResizing; ticks++)
        {
            Assert.True(ticks < 10_000);
            database.MoveBuckets(16);
        }

        Assert.True(database.Buckets < before);
        for (int i = 0; i < count; i++) Assert.True(database.Find(Encoding.ASCII.GetBytes($"k{i}")).Exists);
    }

    [Fact]
    public void A_flush_in_slices_is_empty_at_once_and_gives_its_memory_back_bit_by_bit()
    {
        using var databases = Create(1);
        for (int i = 0; i < 50_000; i++) Set(databases[0], $"key:{i}");
        long full = databases.Memory.UsedBytes;
        databases[0].Clear(inSlices: true);

        Assert.Equal(0, databases[0].Count);
        Assert.Equal(50_000, databases.PendingReleases);
        Assert.True(databases.Memory.UsedBytes > full / 2);

        Set(databases[0], "meanwhile");
        int slices = 0;
        while (databases.ReleaseSome(1000)) slices++;
        Assert.InRange(slices, 40, 80);
        Assert.Equal(0, databases.PendingReleases);
        Assert.Equal(1, databases[0].Count);
        databases[0].Clear(inSlices: false);
        Assert.Equal(0, databases.Memory.UsedBytes);
    }

    [Fact]
    public void The_expiry_walk_keeps_to_its_budgets_and_ends_with_all_that_is_due_gone()
    {
        using var databases = Create(1);
        Database database = databases[0];
        for (int i = 0; i < 10_000; i++)
            database.SetString(database.Find(Encoding.ASCII.GetBytes($"k{i}")), "v"u8, i % 2 == 0 ? StartMs + 10 : StartMs + 100_000);
        databases.SetTime(StartMs + 11);

        int rounds = 0;
        while (true)
        {
            int visits = 1_000, deletions = 300;
            long before = database.Count;
            bool isDone = database.DeleteDue(ref visits, ref deletions);
            Assert.True(before - database.Count <= 300);
            rounds++;
            if (isDone || rounds > 100) break;
        }

        while (database.Count > 5_000 && rounds++ < 200)
        {
            int visits = 1_000, deletions = 300;
            database.DeleteDue(ref visits, ref deletions);
        }

        Assert.Equal(5_000, database.Count);
        Assert.Equal(5_000, databases.ExpiredKeys);
    }

    [Fact]
    public void A_key_of_16_bytes_with_a_value_of_100_takes_at_most_168_bytes()
    {
        // Four fifths of redis-server 7.0.15's 210, at every fill of the table: just grown, half full, about to grow.
        using var databases = Create(1);
        for (int count = 1; count <= 200_000; count++)
        {
            databases[0].SetString(databases[0].Find(Encoding.ASCII.GetBytes($"key:{count:d12}")), new byte[100], Database.NoExpiry);
            if (count >= 20_000 && count % 5_000 == 0) Assert.True(databases.Memory.UsedBytes <= 168L * count, $"{databases.Memory.UsedBytes / (double)count:F1} at {count}");
        }
    }

    [Fact]
    public void Every_change_passes_the_watcher()
    {
        using var databases = Create(1);
        var watcher = new Shadow();
        databases.Watcher = watcher;
        var random = new Random(5);
        for (int step = 0; step < 20_000; step++)
        {
            Database database = databases[random.Next(3)];
            byte[] key = Encoding.ASCII.GetBytes($"k{random.Next(200)}");
            Place place = database.Find(key, Lookup.Write);
            switch (random.Next(12))
            {
                case < 5: database.SetString(place, "v"u8, random.Next(3) == 0 ? databases.NowMs + random.Next(50) : Database.NoExpiry); break;
                case 5 when place.Exists: database.Delete(place); break;
                case 6 when place.Exists: database.MoveTo(place, databases[random.Next(3)], [.. key, .. "x"u8]); break;
                case 7 when place.Exists: database.CopyTo(place.Entry, databases[random.Next(3)], [.. key, .. "x"u8]); break;
                case 8: database.WriteInto(place, 3, "abc"u8); break;
                case 9: databases.SetTime(databases.NowMs + random.Next(10)); break;
                case 10 when random.Next(200) == 0: database.Clear(inSlices: false); break;
                case 11 when random.Next(100) == 0: database.SwapWith(databases[(database.Index + 1) % 3]); break;
            }

            if (step % 500 == 0)
            {
                for (int i = 0; i < 3; i++) watcher.AssertHolds(databases[i]);
            }
        }
    }

    private static void Forget(Dictionary<string, (byte[] Value, long ExpiresAtMs)> model, string name, long nowMs)
    {
        if (model.TryGetValue(name, out var value) && value.ExpiresAtMs != Database.NoExpiry && value.ExpiresAtMs < nowMs) model.Remove(name);
    }

    private static Databases Create(int seed)
    {
        var databases = new Databases(3, new KeyHash((ulong)seed, 42), (ulong)seed, new Propagation());
        databases.SetTime(StartMs);
        return databases;
    }

    private static void Set(Database database, string key) => database.SetString(database.Find(Encoding.ASCII.GetBytes(key)), "value"u8, Database.NoExpiry);

    private static void Delete(Database database, string key, HashSet<string> except)
    {
        if (except.Contains(key)) return;
        Place place = database.Find(Encoding.ASCII.GetBytes(key));
        if (place.Exists) database.Delete(place);
    }

    private static byte[] RandomValue(Random random)
    {
        if (random.Next(4) == 0) return Encoding.ASCII.GetBytes($"{random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64)}");
        int length = random.Next(20) switch { 0 => random.Next(3000, 20_000), < 4 => random.Next(1000), _ => random.Next(60) };
        var value = new byte[length];
        random.NextBytes(value);
        return value;
    }

    private static byte[] ValueOf(Entry entry) => entry.Encoding == ValueEncoding.Integer ? Encoding.ASCII.GetBytes($"{entry.Integer}") : entry.Bytes.ToArray();

    private static byte[] Overlay(byte[] value, int offset, byte[] bytes)
    {
        var result = new byte[Math.Max(value.Length, offset + bytes.Length)];
        value.CopyTo(result, 0);
        bytes.CopyTo(result, offset);
        return result;
    }

    /// <summary>Knows of keys only what the watcher heard.</summary>
    private sealed class Shadow : IChangeWatcher
    {
        private readonly Dictionary<int, HashSet<string>> _keys = [];

        public void OnChanging(Database database, Entry entry) => Assert.Contains(Encoding.ASCII.GetString(entry.Key), _keys[database.Index]);

        public void OnChanged(Database database, ReadOnlySpan<byte> key, Change change)
        {
            HashSet<string> keys = _keys.TryGetValue(database.Index, out var known) ? known : _keys[database.Index] = [];
            if (change is Change.Deleted or Change.Expired) Assert.True(keys.Remove(Encoding.ASCII.GetString(key)));
            else keys.Add(Encoding.ASCII.GetString(key));
        }

        public void OnReplacing(Database database, Database? other) => AssertHolds(database);

        public void OnReplaced(Database database) => _keys[database.Index] = KeysOf(database);

        public void AssertHolds(Database database) =>
            Assert.Equal(KeysOf(database).Order(), (_keys.TryGetValue(database.Index, out var known) ? known : []).Order());

        private static HashSet<string> KeysOf(Database database)
        {
            var found = new BlockList();
            ulong cursor = 0;
            do cursor = database.Scan(cursor, found);
            while (cursor != 0);
            var keys = new HashSet<string>();
            for (int i = 0; i < found.Count; i++) keys.Add(Encoding.ASCII.GetString(found.EntryAt(i).Key));
            return keys;
        }
    }
}
