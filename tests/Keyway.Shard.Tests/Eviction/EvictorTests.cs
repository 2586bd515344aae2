using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Shard.Effects;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Tests.Eviction;

public sealed class EvictorTests : IEffectSink, IDisposable
{
    private const int Keys = 10_000;

    private readonly List<string> _effects = [];
    private readonly TestShard _shard = new("--enable-debug-command", "yes");
    private readonly SimulatedPeer _peer;
    private long _nowMs = 1_767_225_600_000;

    public EvictorTests() => _peer = _shard.Connect();

    private Database Database => _shard.Server.Databases[0];

    [Theory]
    [InlineData(5, 0.82)]
    [InlineData(10, 0.91)]
    public void The_longest_unused_keys_go_first(int samples, double share)
    {
        Fill(Keys, i => Database.NoExpiry);
        for (int i = 0; i < Keys / 2; i++) Use(i);
        LimitToUsed("allkeys-lru", samples);

        // By the exact order, those of the second half would go.
        AddUntilEvicted(Keys / 2);
        int wrong = Missing(0, Keys / 2);
        Assert.True(wrong <= (1 - share) * Keys / 2, $"{wrong} of {Keys / 2} were used later than a key that stays");
    }

    [Fact]
    public void The_least_used_keys_go_first()
    {
        _shard.Call(_peer, "CONFIG SET maxmemory-policy allkeys-lfu");
        Fill(Keys, i => Database.NoExpiry);
        for (int round = 0; round < 50; round++)
        {
            for (int i = 0; i < Keys / 2; i++) Use(i, elapsedMs: 0);
        }

        LimitToUsed("allkeys-lfu", 5);
        AddUntilEvicted(Keys / 4, elapsedMs: 1);

        // Half of the keys are used, a quarter of all goes, and new keys compete with those that nobody uses.
        int wrong = Missing(0, Keys / 2);
        Assert.True(wrong <= Keys / 100, $"{wrong} keys that are used have gone");
    }

    [Fact]
    public void Frequency_decays_so_that_what_was_used_long_ago_goes()
    {
        _shard.Call(_peer, "CONFIG SET maxmemory-policy allkeys-lfu lfu-decay-time 1");
        Fill(Keys, i => Database.NoExpiry);
        for (int round = 0; round < 50; round++)
        {
            for (int i = 0; i < Keys / 2; i++) Use(i, elapsedMs: 0);
        }

        _nowMs += 3_600_000;
        for (int round = 0; round < 20; round++)
        {
            for (int i = Keys / 2; i < Keys; i++) Use(i, elapsedMs: 0);
        }

        LimitToUsed("allkeys-lfu", 5);
        AddUntilEvicted(Keys / 4, elapsedMs: 1);
        int wrong = Missing(Keys / 2, Keys);
        Assert.True(wrong <= Keys / 100, $"{wrong} keys that are used have gone");
    }

    [Fact]
    public void The_keys_that_expire_soonest_go_first()
    {
        Fill(Keys, i => _nowMs + 1_000_000_000 + (i * 1000L));
        LimitToUsed("volatile-ttl", 5);
        AddUntilEvicted(Keys / 2);

        int wrong = Missing(Keys / 2, Keys);
        Assert.True(wrong <= Keys / 2 * 0.18, $"{wrong} of {Keys / 2} expire later than a key that stays");
    }

    [Theory]
    [InlineData("volatile-lru")]
    [InlineData("volatile-lfu")]
    [InlineData("volatile-random")]
    [InlineData("volatile-ttl")]
    public void Keys_without_expiry_stay_under_a_volatile_policy(string policy)
    {
        Fill(2_000, i => i % 2 == 0 ? Database.NoExpiry : _nowMs + 1_000_000_000);
        LimitToUsed(policy, 5);
        AddUntilEvicted(500);
        for (int i = 0; i < 2_000; i += 2) Assert.True(Database.Find(Name(i)).Exists);

        // When only they are left, writes are refused.
        _shard.Call(_peer, "CONFIG SET maxmemory 600kb");
        _shard.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, Database.VolatileCount);
        Assert.StartsWith("-OOM command not allowed", _shard.Call(_peer, "SET a 1"), StringComparison.Ordinal);
        Assert.Equal("$-1\r\n", _shard.Call(_peer, "GET a"));
    }

    [Theory]
    [InlineData("allkeys-lru")]
    [InlineData("allkeys-lfu")]
    [InlineData("allkeys-random")]
    public void Any_key_of_any_database_may_go(string policy)
    {
        foreach (int database in (int[])[0, 3, 9])
        {
            _shard.Call(_peer, $"SELECT {database}");
            _shard.Call(_peer, "DEBUG POPULATE 3000 k 100");
        }

        _shard.Call(_peer, $"CONFIG SET maxmemory-policy {policy} maxmemory 900kb");
        _shard.Network.Advance(TimeSpan.FromSeconds(1));

        Assert.InRange(_shard.Server.UsedMemory, 1, 900 * 1024);
        Assert.All((int[])[0, 3, 9], database => Assert.InRange(_shard.Server.Databases[database].Count, 1, 2_999));
        Assert.Equal("+OK\r\n", _shard.Call(_peer, "SET a 1"));
    }

    [Theory]
    [InlineData("no", "DEL")]
    [InlineData("yes", "UNLINK")]
    public void What_goes_is_repeated_elsewhere_as_a_deletion(string lazy, string name)
    {
        Fill(100, i => Database.NoExpiry);
        _shard.Server.Propagation.Install(this);
        _shard.Call(_peer, $"CONFIG SET maxmemory-policy allkeys-random maxmemory 1 lazyfree-lazy-eviction {lazy}");
        _shard.Network.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(0, Database.Count);
        Assert.Equal(100, _shard.Server.Evictor.EvictedKeys);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{name} key:{i}").Order(StringComparer.Ordinal), _effects.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Large_collections_are_given_back_before_another_key_goes()
    {
        for (int key = 0; key < 10; key++)
        {
            _shard.Send(_peer, string.Concat(Enumerable.Range(0, 3_000).Select(i => $"SADD set{key} member{i}\r\n")));
        }

        Assert.SkipWhen(Database.Count == 0, "there are no sets yet");

        Assert.Equal(10, Database.Count);
        long used = _shard.Server.UsedMemory;
        _shard.Call(_peer, $"CONFIG SET maxmemory-policy allkeys-random maxmemory {used - 1000}");
        _shard.Network.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(9, Database.Count);
        Assert.Equal(1, _shard.Server.Evictor.EvictedKeys);
    }

    [Fact]
    public void Buffers_of_clients_count()
    {
        Fill(5_000, i => Database.NoExpiry);
        LimitToUsed("allkeys-lru", 5);
        Assert.Equal(0, _shard.Server.Evictor.EvictedKeys);

        // A request that stops half-way lies in a buffer.
        SimulatedPeer other = _shard.Connect();
        _shard.Send(other, "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$50000\r\n" + new string('x', 40_000));
        _shard.Call(_peer, "PING");
        Assert.InRange(_shard.Server.Evictor.EvictedKeys, 1, 4_999);
    }

    public void Dispose() => _shard.Dispose();

    void IEffectSink.OnEffect(int database, ReadOnlySpan<byte> command)
    {
        string[] lines = Encoding.Latin1.GetString(command).Split("\r\n");
        _effects.Add($"{lines[2]} {lines[4]}");
    }

    private static byte[] Name(int key) => Encoding.ASCII.GetBytes($"key:{key}");

    private void Fill(int keys, Func<int, long> expiresAtMs)
    {
        for (int i = 0; i < keys; i++)
        {
            Tick(1000);
            Database.SetString(Database.Find(Name(i)), "some value of a usual length"u8, expiresAtMs(i));
        }
    }

    private void Use(int key, long elapsedMs = 1000)
    {
        Tick(elapsedMs);
        Assert.True(Database.Find(Name(key), Lookup.Read).Exists);
    }

    private void Tick(long elapsedMs)
    {
        _nowMs += elapsedMs;
        _shard.Server.Databases.SetTime(_nowMs);
    }

    private void LimitToUsed(string policy, int samples)
    {
        _shard.Call(_peer, $"CONFIG SET maxmemory-policy {policy} maxmemory-samples {samples} maxmemory {_shard.Server.UsedMemory}");
        _shard.Server.Databases.SetTime(_nowMs);
    }

    private void AddUntilEvicted(int keys, int elapsedMs = 1000)
    {
        for (int i = 0; _shard.Server.Evictor.EvictedKeys < keys; i++)
        {
            Tick(elapsedMs);
            Assert.True(_shard.Server.Evictor.HasMemory());
            Database.SetString(Database.Find(Name(1_000_000 + i)), "some value of a usual length"u8, Database.NoExpiry);
        }
    }

    private int Missing(int from, int to)
    {
        int missing = 0;
        for (int i = from; i < to; i++) missing += Database.Holds(Name(i)) ? 0 : 1;
        return missing;
    }
}
