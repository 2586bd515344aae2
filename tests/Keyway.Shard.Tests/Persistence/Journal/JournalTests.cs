using Keyway.Platform.Disks;
using Keyway.Platform.Simulation;

namespace Keyway.Shard.Tests.Persistence.Journal;

public sealed class JournalTests
{
    [Theory]
    [InlineData("no")]
    [InlineData("everysec")]
    [InlineData("always")]
    public void What_was_written_is_on_the_disk_when_the_server_has_ended(string policy)
    {
        using var shard = new JournaledShard(new SimulatedDisk(seed: 1), ["--appendfsync", policy]);
        SimulatedPeer client = shard.Connect();
        shard.Call(client, "SET", "a", "1");
        shard.Server.Stop();
        shard.CrashAndRestart();
        Assert.Equal("$1\r\n1\r\n", shard.Ask("GET", "a"));
        shard.Call(client = shard.Connect(), "SET", "b", "1");
        Assert.Equal("+OK\r\n", shard.Call(client, "CONFIG", "SET", "appendonly", "no"));
    }

    private const string Full = "-MISCONF Errors writing to the AOF file: No space left on device\r\n";

    private readonly SimulatedDisk _disk = new(seed: 7);

    [Fact]
    public void What_was_written_is_there_after_a_restart()
    {
        using var shard = new JournaledShard(_disk, []);
        SimulatedPeer client = shard.Connect();
        shard.Call(client, "SET", "a", "1");
        shard.Call(client, "SELECT", "3");
        shard.Call(client, "RPUSH", "l", "1", "2");

        Assert.Equal("*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n*4\r\n$5\r\nRPUSH\r\n$1\r\nl\r\n$1\r\n1\r\n$1\r\n2\r\n",
            shard.ContentOf("appendonly.aof.1.incr.aof"));
        shard.KillAndRestart();

        client = shard.Connect();
        Assert.Equal("$1\r\n1\r\n", shard.Call(client, "GET", "a"));
        shard.Call(client, "SELECT", "3");
        Assert.Equal("*2\r\n$1\r\n1\r\n$1\r\n2\r\n", shard.Call(client, "LRANGE", "l", "0", "-1"));
    }

    [Theory]
    [InlineData("everysec")]
    [InlineData("no")]
    public void Without_waiting_for_a_sync_a_write_is_the_systems_before_its_reply_leaves(string policy)
    {
        using var shard = new JournaledShard(_disk, ["--appendfsync", policy], () => 10);
        SimulatedPeer client = shard.Connect();
        string before = shard.ContentOf("appendonly.aof.1.incr.aof");
        JournaledShard.Send(client, "INCR", "n");
        shard.Network.RunUntilIdle();

        // No time has passed for a thread of the disk's own to write it.
        Assert.Equal(":1\r\n", client.TakeText());
        Assert.EndsWith("*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n", shard.ContentOf("appendonly.aof.1.incr.aof")[before.Length..], StringComparison.Ordinal);
        shard.KillAndRestart();
        Assert.Equal("$1\r\n1\r\n", shard.Call(shard.Connect(), "GET", "n"));
    }

    [Fact]
    public void With_always_a_reply_leaves_after_the_sync_and_one_sync_serves_many()
    {
        int syncs = 0;
        using var shard = new JournaledShard(_disk, ["--appendfsync", "always"], () => 10);
        SimulatedPeer[] clients = [shard.Connect(), shard.Connect(), shard.Connect()];
        _disk.Fault = (call, path) =>
        {
            if (call == "sync" && path.EndsWith(".incr.aof", StringComparison.Ordinal)) syncs++;
            return null;
        };
        foreach (SimulatedPeer client in clients) JournaledShard.Send(client, "INCR", "n");
        shard.Network.RunUntilIdle();

        Assert.All(clients, client => Assert.Equal("", client.TakeText()));
        shard.PassMs(40);
        Assert.Equal([":1\r\n", ":2\r\n", ":3\r\n"], clients.Select(client => client.TakeText()).Order(StringComparer.Ordinal));
        Assert.InRange(syncs, 1, 2);

        // And reads wait only while what they may tell of is not safe.
        JournaledShard.Send(clients[0], "GET", "n");
        shard.Network.RunUntilIdle();
        Assert.Equal("$1\r\n3\r\n", clients[0].TakeText());
        JournaledShard.Send(clients[1], "INCR", "n");
        shard.Network.RunUntilIdle();
        JournaledShard.Send(clients[0], "GET", "n");
        shard.Network.RunUntilIdle();
        Assert.Equal("", clients[0].TakeText());
        shard.PassMs(40);
        Assert.Equal("$1\r\n4\r\n", clients[0].TakeText());
    }

    [Fact]
    public void Messages_that_tell_of_a_write_wait_for_it_too()
    {
        using var shard = new JournaledShard(_disk, ["--appendfsync", "always", "--notify-keyspace-events", "KA"], () => 10);
        SimulatedPeer listener = shard.Connect();
        SimulatedPeer writer = shard.Connect();
        shard.Call(listener, "SUBSCRIBE", "__keyspace@0__:k");
        JournaledShard.Send(writer, "SET", "k", "v");
        shard.Network.RunUntilIdle();

        Assert.Equal("", listener.TakeText());
        shard.PassMs(40);
        Assert.Contains("set", listener.TakeText(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_never_stops_writing_is_answered_all_the_same()
    {
        using var shard = new JournaledShard(_disk, ["--appendfsync", "always"], () => 3);
        SimulatedPeer client = shard.Connect();
        int answered = 0;
        for (int i = 0; i < 200; i++)
        {
            JournaledShard.Send(client, "INCR", "n");
            shard.PassMs(1);
            answered += client.TakeText().Count(c => c == ':');
        }

        Assert.InRange(answered, 180, 200);
    }

    [Fact]
    public void Without_always_nobody_waits()
    {
        using var shard = new JournaledShard(_disk, [], () => 10_000);
        SimulatedPeer client = shard.Connect();
        JournaledShard.Send(client, "INCR", "n");
        shard.Network.RunUntilIdle();

        Assert.Equal(":1\r\n", client.TakeText());
    }

    [Fact]
    public void A_disk_that_does_not_keep_up_is_waited_for_before_memory_runs_out()
    {
        using var shard = new JournaledShard(_disk, [], () => 1000);
        SimulatedPeer client = shard.Connect();
        shard.Server.Aof.Writer.MostWaiting = 10_000;
        for (int i = 0; i < 100; i++) shard.Feed(client, "SET", "k", new string('x', 1000));

        Assert.InRange(shard.Server.Aof.Writer.Buffer.End - shard.Server.Aof.Writer.Written, 0, 20_000);
        shard.KillAndRestart();
        shard.PassMs(60_000);
        Assert.Equal(":1000\r\n", shard.Ask("STRLEN", "k"));
    }

    [Theory]
    [InlineData("always")]
    [InlineData("everysec")]
    [InlineData("no")]
    public void A_full_disk_refuses_writes_and_serves_reads_until_there_is_room(string policy)
    {
        using var shard = new JournaledShard(_disk, ["--appendfsync", policy]);
        SimulatedPeer client = shard.Connect();
        shard.Call(client, "SET", "before", "1");
        _disk.Capacity = _disk.UsedBytes + 10;

        string first = shard.Call(client, "SET", "first", "1");
        if (policy == "always") Assert.StartsWith("-MISCONF Errors writing to the AOF file: No space left on device", first, StringComparison.Ordinal);
        else Assert.Equal("+OK\r\n", first);
        Assert.Equal(Full, shard.Call(client, "SET", "second", "1"));
        Assert.Equal(Full, shard.Call(client, "PING"));
        Assert.Equal("$1\r\n1\r\n", shard.Call(client, "GET", "before"));
        Assert.Contains("aof_last_write_status:err", shard.Call(client, "INFO", "persistence"), StringComparison.Ordinal);

        _disk.Capacity = long.MaxValue;
        shard.PassMs(1000);
        Assert.Equal("+OK\r\n", shard.Call(client, "SET", "third", "1"));
        Assert.Contains("AOF write error looks solved, Redis can write again.", shard.Log.Lines);
        Assert.Contains("aof_last_write_status:ok", shard.Call(client, "INFO", "persistence"), StringComparison.Ordinal);

        shard.KillAndRestart();
        client = shard.Connect();
        Assert.Equal("*4\r\n$1\r\n1\r\n$1\r\n1\r\n$-1\r\n$1\r\n1\r\n", shard.Call(client, "MGET", "before", "first", "second", "third"));
    }

    [Fact]
    public void A_sync_that_fails_is_no_acknowledgement_and_what_it_was_to_cover_is_written_again()
    {
        using var shard = new JournaledShard(_disk, ["--appendfsync", "always"]);
        SimulatedPeer client = shard.Connect();
        bool fails = true;
        _disk.Fault = (call, path) => fails && call == "sync" ? new DiskException("sync", path, "Input/output error") : null;

        Assert.StartsWith("-MISCONF Errors writing to the AOF file: Input/output error", shard.Call(client, "INCR", "n"), StringComparison.Ordinal);
        Assert.StartsWith("-MISCONF Errors writing to the AOF file: Input/output error", shard.Call(client, "INCR", "n"), StringComparison.Ordinal);
        Assert.Equal("$1\r\n1\r\n", shard.Call(client, "GET", "n"));
        fails = false;
        shard.PassMs(1000);
        Assert.Equal(":2\r\n", shard.Call(client, "INCR", "n"));

        shard.CrashAndRestart();
        Assert.Equal("$1\r\n2\r\n", shard.Call(shard.Connect(), "GET", "n"));
    }

    [Fact]
    public void Of_a_pipeline_that_is_not_safe_only_the_writes_are_answered_with_the_error()
    {
        using var shard = new JournaledShard(_disk, ["--appendfsync", "always"]);
        SimulatedPeer client = shard.Connect();
        _disk.Fault = (call, path) => call == "sync" ? new DiskException("sync", path, "Input/output error") : null;
        JournaledShard.Send(client, "PING");
        JournaledShard.Send(client, "SET", "k", "v");
        JournaledShard.Send(client, "GET", "k");
        JournaledShard.Send(client, "LPUSH", "l", "v");
        JournaledShard.Send(client, "ECHO", "end");
        shard.PassMs(50);

        string[] lines = client.TakeText().Split("\r\n");
        Assert.Equal(["+PONG", "-MISCONF", "$1", "v", "-MISCONF", "$3", "end", ""], lines.Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public void A_rewrite_leaves_a_base_and_what_came_since()
    {
        using var shard = new JournaledShard(_disk, []);
        SimulatedPeer client = shard.Connect();
        for (int i = 0; i < 100; i++) shard.Call(client, "INCR", "n");
        Assert.Equal("+Background append only file rewriting started\r\n", shard.Call(client, "BGREWRITEAOF"));
        shard.Call(client, "INCR", "n");
        shard.PassMs(1500);

        Assert.Equal("file appendonly.aof.2.base.rdb seq 2 type b\nfile appendonly.aof.2.incr.aof seq 2 type i\n", shard.ContentOf("appendonly.aof.manifest"));
        Assert.Equal(["appendonly.aof.2.base.rdb", "appendonly.aof.2.incr.aof", "appendonly.aof.manifest"], _disk.FilesIn(JournaledShard.JournalFolder));
        Assert.Empty(_disk.FilesIn(JournaledShard.Folder));
        Assert.Contains("aof_rewrites:1\r\n", shard.Call(client, "INFO", "persistence"), StringComparison.Ordinal);

        shard.CrashAndRestart();
        Assert.Equal("$3\r\n101\r\n", shard.Call(shard.Connect(), "GET", "n"));
    }

    [Fact]
    public void A_journal_that_has_grown_is_rewritten_by_itself()
    {
        using var shard = new JournaledShard(_disk, ["--auto-aof-rewrite-min-size", "1000", "--auto-aof-rewrite-percentage", "100"]);
        SimulatedPeer client = shard.Connect();
        for (int i = 0; i < 50; i++) shard.Call(client, "SET", "k", new string('x', 100));
        shard.PassMs(500);

        Assert.Contains(shard.Log.Lines, line => line.StartsWith("Starting automatic rewriting of AOF on ", StringComparison.Ordinal));
        Assert.DoesNotContain("appendonly.aof.1.base.rdb", _disk.FilesIn(JournaledShard.JournalFolder));
    }

    [Fact]
    public void A_rewrite_that_fails_leaves_the_journal_whole_and_is_told()
    {
        using var shard = new JournaledShard(_disk, []);
        SimulatedPeer client = shard.Connect();
        shard.Call(client, "SET", "a", "1");
        _disk.Fault = (call, path) => path.Contains("temp-rewriteaof", StringComparison.Ordinal) && call == "write to" ? new DiskException(call, path, "No space left on device", isFull: true) : null;
        shard.Call(client, "BGREWRITEAOF");
        shard.PassMs(500);
        shard.Call(client, "SET", "b", "2");

        string info = shard.Call(client, "INFO", "persistence");
        Assert.Contains("aof_last_bgrewrite_status:err", info, StringComparison.Ordinal);
        Assert.Contains("aof_rewrite_in_progress:0", info, StringComparison.Ordinal);
        Assert.Contains("aof_rewrites_consecutive_failures:1", info, StringComparison.Ordinal);
        Assert.Empty(_disk.FilesIn(JournaledShard.Folder));
        shard.KillAndRestart();
        Assert.Equal("*2\r\n$1\r\n1\r\n$1\r\n2\r\n", shard.Call(shard.Connect(), "MGET", "a", "b"));
    }

    [Fact]
    public void The_journal_is_turned_off_and_on_while_clients_write()
    {
        using var shard = new JournaledShard(_disk, []);
        SimulatedPeer client = shard.Connect();
        shard.Call(client, "SET", "a", "1");
        Assert.Equal("+OK\r\n", shard.Call(client, "CONFIG", "SET", "appendonly", "no"));
        shard.Call(client, "SET", "b", "2");
        Assert.DoesNotContain("aof_current_size", shard.Call(client, "INFO", "persistence"), StringComparison.Ordinal);
        Assert.Equal("+OK\r\n", shard.Call(client, "CONFIG", "SET", "appendonly", "yes"));
        Assert.Contains("aof_enabled:1", shard.Call(client, "INFO", "persistence"), StringComparison.Ordinal);
        shard.Call(client, "SET", "c", "3");
        shard.PassMs(500);

        Assert.Equal("file appendonly.aof.2.base.rdb seq 2 type b\nfile appendonly.aof.2.incr.aof seq 2 type i\n", shard.ContentOf("appendonly.aof.manifest"));
        shard.KillAndRestart();
        Assert.Equal("*3\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n", shard.Call(shard.Connect(), "MGET", "a", "b", "c"));
    }

    [Fact]
    public void Keys_whose_time_runs_out_between_a_write_and_the_restart_are_changed_as_they_were()
    {
        using var shard = new JournaledShard(_disk, []);
        shard.Write("appendonly.aof.1.incr.aof", Commands("SELECT 0", "SET n 5 PXAT 1", "INCR n", "PEXPIREAT n 2", "SET m 1", "PEXPIREAT m 1", "APPEND m 2", "PERSIST m"));
        shard.KillAndRestart();
        SimulatedPeer client = shard.Connect();

        Assert.Equal("$-1\r\n", shard.Call(client, "GET", "n"));
        Assert.Equal("$2\r\n12\r\n", shard.Call(client, "GET", "m"));
        shard.PassMs(500);
        Assert.EndsWith("*2\r\n$3\r\nDEL\r\n$1\r\nn\r\n", shard.ContentOf("appendonly.aof.1.incr.aof"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*3\r\n$3\r\nSET\r\n$1\r\nb")]
    [InlineData("*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n")]
    [InlineData("*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r")]
    [InlineData("#TS:12")]
    [InlineData("*")]
    public void What_a_crash_has_left_of_the_last_write_is_cut_off(string tail)
    {
        using var shard = new JournaledShard(_disk, []);
        string whole = Commands("SELECT 0", "SET a 1");
        shard.Write("appendonly.aof.1.incr.aof", whole + tail);
        shard.KillAndRestart();

        Assert.Equal("*2\r\n$1\r\n1\r\n$-1\r\n", shard.Call(shard.Connect(), "MGET", "a", "b"));
        Assert.Equal(whole, shard.ContentOf("appendonly.aof.1.incr.aof"));
        Assert.Contains($"!!! Truncating the AOF appendonly.aof.1.incr.aof at offset {whole.Length} !!!", shard.Log.Lines);

        shard.Write("appendonly.aof.1.incr.aof", whole + tail);
        shard.KillAndRestart("--aof-load-truncated", "no");
        Assert.True(shard.HasFailedToLoad);
        Assert.Contains(shard.Log.Lines, line => line.StartsWith("Unexpected end of file reading the append only file appendonly.aof.1.incr.aof.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("garbage\r\n", "Bad file format reading the append only file appendonly.aof.1.incr.aof")]
    [InlineData("*1\r\n$3\r\nabc", "Unexpected end")]
    [InlineData("*1\r\n$6\r\nnosuch\r\n", "Unknown command 'nosuch' reading the append only file appendonly.aof.1.incr.aof")]
    [InlineData("*2\r\n$2\r\nGET\r\n$1\r\na\r\n", "Bad file format")]
    [InlineData("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$9999\r\n1\r\n", "Unexpected end")]
    public void Damage_ends_the_start_and_touches_nothing(string damage, string message)
    {
        using var shard = new JournaledShard(_disk, []);
        shard.Write("appendonly.aof.1.incr.aof", Commands("SELECT 0", "SET a 1") + damage);
        shard.Write("appendonly.aof.2.incr.aof", Commands("SET b 1"));
        shard.Write("appendonly.aof.manifest", "file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\nfile appendonly.aof.2.incr.aof seq 2 type i\n");
        string before = shard.ContentOf("appendonly.aof.1.incr.aof");
        shard.KillAndRestart();

        Assert.True(shard.HasFailedToLoad);
        Assert.Contains(shard.Log.Lines, line => line.StartsWith(message, StringComparison.Ordinal));
        Assert.Equal(before, shard.ContentOf("appendonly.aof.1.incr.aof"));
    }

    [Fact]
    public void A_damaged_length_at_the_end_of_the_last_file_is_not_taken_for_a_torn_write()
    {
        using var shard = new JournaledShard(_disk, []);
        shard.Write("appendonly.aof.1.incr.aof", Commands("SELECT 0") + "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$9999\r\n1\r\n" + Commands("SET b 1"));
        shard.KillAndRestart();

        Assert.True(shard.HasFailedToLoad);
    }

    [Fact]
    public void A_file_that_the_manifest_names_must_be_there()
    {
        using var shard = new JournaledShard(_disk, []);
        _disk.Delete($"{JournaledShard.JournalFolder}/appendonly.aof.1.base.rdb");
        shard.KillAndRestart();

        Assert.True(shard.HasFailedToLoad);
        Assert.Contains("Unable to obtain the AOF file appendonly.aof.1.base.rdb length. stat: No such file or directory", shard.Log.Lines);
    }

    [Fact]
    public void A_journal_of_one_file_is_taken_in()
    {
        using (DiskFile file = _disk.Create($"{JournaledShard.Folder}/appendonly.aof"))
        {
            file.Append(System.Text.Encoding.Latin1.GetBytes(Commands("SELECT 0", "SET a 1")));
            file.Sync();
        }

        _disk.SyncFolder(JournaledShard.Folder);
        using var shard = new JournaledShard(_disk, []);

        Assert.Equal("$1\r\n1\r\n", shard.Call(shard.Connect(), "GET", "a"));
        Assert.Equal("file appendonly.aof seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n", shard.ContentOf("appendonly.aof.manifest"));
        Assert.Contains("Successfully migrated an old-style AOF file (appendonly.aof) into the AOF directory (appendonlydir).", shard.Log.Lines);
    }

    [Fact]
    public void Times_are_written_where_they_are_wanted()
    {
        using var shard = new JournaledShard(_disk, ["--aof-timestamp-enabled", "yes"]);
        SimulatedPeer client = shard.Connect();
        shard.Call(client, "SET", "a", "1");
        shard.Call(client, "SET", "a", "2");
        shard.PassMs(1000);
        shard.Call(client, "SET", "a", "3");

        Assert.Equal(2, shard.ContentOf("appendonly.aof.1.incr.aof").Split("#TS:").Length - 1);
        Assert.StartsWith("#TS:1767225600\r\n*2\r\n$6\r\nSELECT", shard.ContentOf("appendonly.aof.1.incr.aof"), StringComparison.Ordinal);
        shard.KillAndRestart();
        Assert.Equal("$1\r\n3\r\n", shard.Call(shard.Connect(), "GET", "a"));
    }

    [Fact]
    public void Debug_loadaof_brings_back_what_is_here()
    {
        using var shard = new JournaledShard(_disk, []);
        SimulatedPeer client = shard.Connect();
        shard.Call(client, "SET", "a", "1");
        shard.Call(client, "RPUSH", "l", "1", "2");
        string digest = shard.Call(client, "DEBUG", "DIGEST");

        Assert.Equal("+OK\r\n", shard.Call(client, "DEBUG", "LOADAOF"));
        Assert.Equal(digest, shard.Call(client, "DEBUG", "DIGEST"));
        shard.Call(client, "SET", "b", "2");
        shard.KillAndRestart();
        Assert.Equal("*2\r\n$1\r\n1\r\n$1\r\n2\r\n", shard.Call(shard.Connect(), "MGET", "a", "b"));
    }

    internal static string Commands(params string[] commands) =>
        string.Concat(commands.Select(command => System.Text.Encoding.Latin1.GetString(Testing.RealServers.RespClient.Encode(command.Split(' ')))));
}
