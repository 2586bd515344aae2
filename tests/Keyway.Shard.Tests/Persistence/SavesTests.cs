using Keyway.Platform.Disks;
using Keyway.Platform.Simulation;
using Keyway.Shard.Persistence;

namespace Keyway.Shard.Tests.Persistence;

public sealed class SavesTests : IDisposable
{
    private const string Misconfigured = "-MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.";

    private readonly SimulatedDisk _disk = new(seed: 5);
    private TestShard _shard;
    private SimulatedPeer _peer;

    public SavesTests()
    {
        _shard = new TestShard(_disk, "--save", "100 10", "--appendonly", "no", "--enable-debug-command", "yes", "--enable-protected-configs", "yes");
        _peer = _shard.Connect();
    }

    [Fact]
    public void What_is_saved_is_there_after_a_crash()
    {
        Call("SET a 1");
        Call("SELECT 3");
        Call("HSET h f v");
        Assert.Equal("+OK\r\n", Call("SAVE"));
        Call("SET later 1");
        Restart(crashes: true);
        Assert.Equal("$1\r\n1\r\n", Call("GET a"));
        Call("SELECT 3");
        Assert.Equal("$1\r\nv\r\n", Call("HGET h f"));
        Assert.Equal("$-1\r\n", Call("GET later"));
        Assert.Equal("2", Info("rdb_last_load_keys_loaded"));
    }

    [Fact]
    public void One_in_the_background_holds_what_was_there_when_it_was_asked_for()
    {
        for (int i = 0; i < 3000; i++) Call($"SET key:{i} before");
        Assert.Equal("+Background saving started\r\n-ERR Background save already in progress\r\n-ERR Background save already in progress\r\n+OK\r\n",
            _shard.Send(_peer, TestShard.Encode("BGSAVE") + TestShard.Encode("BGSAVE SCHEDULE") + TestShard.Encode("SAVE") + TestShard.Encode("SET key:2999 after")));
        _shard.Network.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(("0", "ok", "1", "1"), (Info("rdb_bgsave_in_progress"), Info("rdb_last_bgsave_status"), Info("rdb_saves"), Info("rdb_changes_since_last_save")));
        Assert.DoesNotContain(_disk.FilesIn(_shard.Server.Settings.Folder), name => name.StartsWith("temp-", StringComparison.Ordinal));
        Restart(crashes: true);
        Assert.Equal("$6\r\nbefore\r\n", Call("GET key:2999"));
        Assert.Equal(":3000\r\n", Call("DBSIZE"));
    }

    [Fact]
    public void Many_changes_in_some_time_save_by_themselves()
    {
        for (int i = 0; i < 9; i++) Call($"SET k{i} v");
        _shard.Network.Advance(TimeSpan.FromSeconds(120));
        Assert.Equal("0", Info("rdb_saves"));
        Call("SET k9 v");
        _shard.Network.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(("1", "0"), (Info("rdb_saves"), Info("rdb_changes_since_last_save")));
        Assert.Contains("10 changes in 100 seconds. Saving...", _shard.Log.Lines);
        long saved = long.Parse(Call("LASTSAVE").Trim(':', '\r', '\n'), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(_shard.Network.Time.GetUtcNow().ToUnixTimeSeconds() - saved, 0, 2);
    }

    [Fact]
    public void After_one_that_failed_writes_are_refused_until_another_has_succeeded()
    {
        Call("SET k v");
        _disk.Fault = (call, path) => call == "write to" ? new DiskException(call, path, "No space left on device", isFull: true) : null;
        Call("BGSAVE");
        _shard.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("err", Info("rdb_last_bgsave_status"));
        Assert.StartsWith(Misconfigured, Call("SET k w"), StringComparison.Ordinal);
        Assert.StartsWith(Misconfigured, Call("PING"), StringComparison.Ordinal);
        Assert.Equal("$1\r\nv\r\n", Call("GET k"));
        Assert.StartsWith("+QUEUED", Call("MULTI")[5..] + Call("GET k"), StringComparison.Ordinal);
        Call("EXEC");
        Assert.Contains(_shard.Log.Lines, line => line.Contains("No space left on device", StringComparison.Ordinal));
        Assert.Empty(_disk.FilesIn(_shard.Server.Settings.Folder));

        Call("CONFIG SET stop-writes-on-bgsave-error no");
        Assert.Equal("+OK\r\n", Call("SET k w"));
        Call("CONFIG SET stop-writes-on-bgsave-error yes");
        _disk.Fault = null;
        Call("BGSAVE");
        _shard.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("+OK\r\n", Call("SET k w"));
        Assert.Equal("+PONG\r\n", Call("PING"));
    }

    [Theory]
    [InlineData("create")]
    [InlineData("write to")]
    [InlineData("sync")]
    [InlineData("rename")]
    public void Whatever_call_fails_the_former_file_stays(string failing)
    {
        Call("SET k former");
        Call("SAVE");
        Call("SET k latter");
        _disk.Fault = (call, path) => call == failing ? new DiskException(call, path, "Input/output error") : null;
        Assert.Equal("-ERR\r\n", Call("SAVE"));
        Call("BGSAVE");
        _shard.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(("0", "err"), (Info("rdb_bgsave_in_progress"), Info("rdb_last_bgsave_status")));
        _disk.Fault = null;
        Restart(crashes: true);
        Assert.Equal("$6\r\nformer\r\n", Call("GET k"));
    }

    [Fact]
    public void A_crash_at_any_moment_leaves_the_former_file_or_the_latter()
    {
        for (int milliseconds = 0; milliseconds < 40; milliseconds++)
        {
            Call("FLUSHALL");
            _shard.Network.Advance(TimeSpan.FromMilliseconds(10));
            for (int i = 0; i < 500; i++) Call($"SET key:{i} former");
            Call("SAVE");
            for (int i = 0; i < 500; i++) Call($"SET key:{i} latter");
            Call("BGSAVE");
            _shard.Network.Advance(TimeSpan.FromMilliseconds(milliseconds));
            Restart(crashes: true);
            string first = Call("GET key:0");
            for (int i = 0; i < 500; i += 50) Assert.Equal(first, Call($"GET key:{i}"));
            Assert.Equal(":500\r\n", Call("DBSIZE"));
        }
    }

    [Fact]
    public void A_scheduled_one_waits_for_what_is_under_way()
    {
        Call("SET k v");
        _shard.Server.Snapshots.Start(new Nowhere(), new SnapshotOptions { Purpose = SnapshotPurpose.Journal });
        _shard.Server.Snapshots.Abandon("test");
        Assert.Equal("+Background saving started\r\n", Call("BGSAVE"));
        _shard.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(("1", "0"), (Info("rdb_saves"), Info("rdb_changes_since_last_save")));

        var stuck = new Nowhere { IsFull = true };
        _shard.Server.Snapshots.Start(stuck, new SnapshotOptions { Purpose = SnapshotPurpose.Journal });
        Assert.StartsWith("-ERR Another child process is active (AOF?)", Call("BGSAVE"), StringComparison.Ordinal);
        Assert.Equal("+Background saving scheduled\r\n", Call("BGSAVE SCHEDULE"));
        _shard.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("1", Info("rdb_saves"));
        stuck.IsFull = false;
        _shard.Server.Snapshots.Resume();
        _shard.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("2", Info("rdb_saves"));
    }

    [Fact]
    public void In_a_transaction_it_is_scheduled()
    {
        Call("MULTI");
        Call("BGSAVE");
        Assert.Equal("*1\r\n+Background saving scheduled\r\n", Call("EXEC"));
        _shard.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("1", Info("rdb_saves"));
    }

    [Fact]
    public void FLUSHALL_is_answered_when_its_empty_file_is_on_the_disk()
    {
        Call("SET k v");
        Call("SAVE");
        Assert.Equal("", Call("FLUSHALL"));
        Assert.Equal("", Call("GET k"));
        SimulatedPeer other = _shard.Connect();
        Assert.Equal("$-1\r\n", _shard.Call(other, "GET k"));       // nobody else has to wait
        _shard.Network.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal("+OK\r\n$-1\r\n", _peer.TakeText());
        Assert.Equal(("0", "1"), (Info("rdb_changes_since_last_save"), Info("rdb_saves")));      // as with Redis, the SAVE alone

        Restart(crashes: true);
        Assert.Equal(":0\r\n", Call("DBSIZE"));
    }

    [Fact]
    public void FLUSHALL_in_a_transaction_is_answered_then_too_and_so_is_who_has_hung_up()
    {
        Call("SET k v");
        Call("SAVE");
        Call("MULTI");
        Call("FLUSHALL");
        Assert.Equal("*1\r\n+OK\r\n", Call("EXEC"));
        Restart(crashes: true);
        Assert.Equal(":0\r\n", Call("DBSIZE"));

        SimulatedPeer other = _shard.Connect();
        _shard.Send(other, TestShard.Encode("FLUSHALL") + TestShard.Encode("FLUSHALL") + TestShard.Encode("PING"));
        other.EndOutput();
        _shard.Network.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal("+OK\r\n+OK\r\n+PONG\r\n", other.TakeText());
        Assert.True(other.IsClosed);
    }

    [Fact]
    public void A_disk_that_refuses_keeps_no_FLUSHALL_from_its_answer()
    {
        Call("SET k v");
        _disk.Fault = (call, path) => call == "create" ? new DiskException(call, path, "Input/output error") : null;
        Call("FLUSHALL");
        _shard.Network.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal("+OK\r\n", _peer.TakeText());
        Assert.Equal("3", Info("rdb_changes_since_last_save"));
        _disk.Fault = null;
    }

    [Fact]
    public void Saving_and_loading_take_their_time_where_tests_want_that()
    {
        for (int i = 0; i < 100; i++) Call($"SET k{i} v");
        Call("CONFIG SET rdb-key-save-delay 10000");
        Call("BGSAVE");
        _shard.Network.Advance(TimeSpan.FromMilliseconds(900));
        Assert.Equal("1", Info("rdb_bgsave_in_progress"));
        _shard.Network.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(("0", "ok"), (Info("rdb_bgsave_in_progress"), Info("rdb_last_bgsave_status")));

        using var other = new TestShard(_disk, "--key-load-delay", "10000");
        SimulatedPeer peer = other.Connect();
        other.Network.Advance(TimeSpan.FromMilliseconds(900));
        Assert.StartsWith("-LOADING", other.Call(peer, "GET k1"), StringComparison.Ordinal);
        other.Network.Advance(TimeSpan.FromMilliseconds(300));
        Assert.Equal("$1\r\nv\r\n", other.Call(peer, "GET k1"));
    }

    [Fact]
    public void What_was_flushed_does_not_come_back()
    {
        Call("SET k v");
        Call("SAVE");
        Call("BGSAVE");
        Call("FLUSHALL");
        _shard.Network.Advance(TimeSpan.FromSeconds(1));
        Restart(crashes: true);
        Assert.Equal(":0\r\n", Call("DBSIZE"));
    }

    [Fact]
    public void Reload_takes_the_data_through_its_file()
    {
        Call("SET a 1");
        Call("RPUSH l 1 2 3");
        string digest = Call("DEBUG DIGEST");
        Assert.Equal("+OK\r\n", Call("DEBUG RELOAD"));
        Assert.Equal(digest, Call("DEBUG DIGEST"));
        Call("SET a 2");
        Call("SET b 3");
        Assert.Equal("+OK\r\n", Call("DEBUG RELOAD NOSAVE NOFLUSH MERGE"));
        Assert.Equal("*2\r\n$1\r\n1\r\n$1\r\n3\r\n", Call("MGET a b"));
        Assert.Equal("-ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.\r\n", Call("DEBUG RELOAD AGAIN"));
        Call("CONFIG SET dbfilename none.rdb");
        Assert.Equal("-ERR Error trying to load the RDB dump, check server logs.\r\n", Call("DEBUG RELOAD NOSAVE"));
    }

    public void Dispose() => _shard.Dispose();

    private void Restart(bool crashes)
    {
        if (crashes) _disk.Crash();
        _shard = new TestShard(_disk, "--save", "100 10", "--appendonly", "no", "--enable-debug-command", "yes", "--enable-protected-configs", "yes");
        _shard.Network.Advance(TimeSpan.FromSeconds(1));
        _peer = _shard.Connect();
    }

    private string Info(string field) =>
        Call("INFO persistence").Split("\r\n").Single(line => line.StartsWith($"{field}:", StringComparison.Ordinal))[(field.Length + 1)..];

    private string Call(string request) => _shard.Call(_peer, request);

    private sealed class Nowhere : ISnapshotTarget
    {
        public bool IsFull { get; set; }

        public void Write(ReadOnlySpan<byte> rdbBytes)
        {
        }

        public void Completed()
        {
        }

        public void Failed(string reason)
        {
        }
    }
}
