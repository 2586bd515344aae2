namespace Keyway.Shard.Tests.Replication.Following;

public sealed class TransferTests
{
    private const string Mark = "f687e8cc8a2cd1801ba6de2505a06ff2b081d06a";

    // One key, and no checksum.
    private static readonly string File = "REDIS0010\u00fa\u000erepl-stream-db\u00c0\u0000\u00fe\u0000\u00fb\u0001\u0000\u0000\u0001k\u0001v\u00ff" + new string('\0', 8);

    private static readonly string SetOther = "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n";

    [Theory]
    [InlineData("disabled", int.MaxValue)]
    [InlineData("disabled", 1)]
    [InlineData("on-empty-db", int.MaxValue)]
    [InlineData("on-empty-db", 1)]
    [InlineData("swapdb", int.MaxValue)]
    [InlineData("swapdb", 7)]
    public void Data_of_a_known_length_are_followed_by_the_stream_at_once(string load, int piece)
    {
        using PlayedMaster master = Begin(load);
        master.Shard.Network.DeliverAtMost = piece;

        master.Send($"${File.Length}\r\n{File}{SetOther}");
        master.Wait(1);

        Assert.Equal("$1\r\nv\r\n", master.Call("GET k"));
        Assert.Equal("$1\r\n1\r\n", master.Call("GET a"));
        Assert.Equal("up", master.Info("replication", "master_link_status"));
        Assert.Equal(PlayedMaster.Id, master.Info("replication", "master_replid"));
        Assert.Equal("127", master.Info("replication", "master_repl_offset"));
        Assert.Equal("101", master.Info("replication", "repl_backlog_first_byte_offset"));
    }

    [Theory]
    [InlineData("disabled", int.MaxValue)]
    [InlineData("disabled", 3)]
    [InlineData("on-empty-db", 1)]
    [InlineData("swapdb", int.MaxValue)]
    [InlineData("swapdb", 39)]
    public void Data_that_end_with_a_mark_are_acknowledged_at_once(string load, int piece)
    {
        using PlayedMaster master = Begin(load);
        master.Link.TakeText();
        master.Shard.Network.DeliverAtMost = piece;

        master.Send($"\n\n$EOF:{Mark}\r\n{File}{Mark}");
        master.Shard.Network.Advance(TimeSpan.FromMilliseconds(500));

        Assert.Equal("*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$3\r\n100\r\n", master.Link.TakeText());
        master.Send(SetOther);
        Assert.Equal("$1\r\nv\r\n", master.Call("GET k"));
        Assert.Equal("$1\r\n1\r\n", master.Call("GET a"));
    }

    [Theory]
    [InlineData("disabled")]
    [InlineData("swapdb")]
    public void Old_data_are_served_until_the_new_are_whole(string load)
    {
        using var master = new PlayedMaster("--repl-diskless-load", load);
        master.Call("SET old 1");
        master.Continue();
        master.Wait(3);
        master.Link.Abort();
        master.Greet();

        // The same history, so that what is here is only older than what comes.
        master.Send($"+FULLRESYNC {PlayedMaster.Id} 100\r\n$EOF:{Mark}\r\n{File}");
        Assert.Equal("$1\r\n1\r\n", master.Call("GET old"));
        Assert.Equal("1", master.Info("replication", "master_sync_in_progress"));
        Assert.Equal(load == "swapdb" ? "1" : "0", master.Info("persistence", "async_loading"));
        Assert.Equal("sync", master.Call("ROLE").Split("\r\n")[7]);

        master.Send(Mark);
        master.Wait(1);
        Assert.Equal("$-1\r\n", master.Call("GET old"));
        Assert.Equal("$1\r\nv\r\n", master.Call("GET k"));
    }

    [Theory]
    [InlineData("swapdb")]
    [InlineData("on-empty-db")]
    public void Data_of_another_history_are_not_to_be_seen_before_they_are_whole(string load)
    {
        using PlayedMaster master = Begin(load);

        master.Send($"$EOF:{Mark}\r\n{File}");

        Assert.Equal("-LOADING Redis is loading the dataset in memory\r\n", master.Call("GET k"));
        Assert.Equal("1", master.Info("persistence", "loading"));
        master.Send(Mark);
        Assert.Equal("$1\r\nv\r\n", master.Call("GET k"));
        Assert.Equal("0", master.Info("persistence", "loading"));
    }

    [Theory]
    [InlineData("disabled", "REDIS0099")]
    [InlineData("on-empty-db", "REDIS0099")]
    [InlineData("swapdb", "REDIS0099")]
    [InlineData("disabled", "GARBAGE")]
    [InlineData("on-empty-db", "GARBAGE")]
    [InlineData("swapdb", "GARBAGE")]
    public void Nothing_of_damaged_data_is_served(string load, string start)
    {
        using PlayedMaster master = Begin(load);
        string damaged = start + File[start.Length..];

        master.Send($"${damaged.Length}\r\n{damaged}");
        master.Wait(2);

        Assert.Equal("$-1\r\n", master.Call("GET k"));
        Assert.Equal(":0\r\n", master.Call("DBSIZE"));
        Assert.Equal("down", master.Info("replication", "master_link_status"));
        Assert.True(master.Links > 1);
        Assert.Equal("0", master.Info("persistence", "loading"));
    }

    [Theory]
    [InlineData("on-empty-db", "0")]
    [InlineData("swapdb", "0")]
    [InlineData("on-empty-db", "+")]
    [InlineData("swapdb", "+")]
    public void A_mark_that_is_another_or_data_that_go_on_are_no_end(string load, string change)
    {
        using PlayedMaster master = Begin(load);

        master.Send(change == "0" ? $"$EOF:{Mark}\r\n{File}{new string('0', 40)}" : $"${File.Length + 1}\r\n{File}+");
        master.Wait(2);

        Assert.Equal(":0\r\n", master.Call("DBSIZE"));
        Assert.True(master.Links > 1);
    }

    [Fact]
    public void What_is_here_stays_when_data_beside_it_prove_to_be_damaged()
    {
        using var master = new PlayedMaster("--repl-diskless-load", "swapdb");
        master.Call("SET old 1");
        master.Meet();

        master.Send($"+FULLRESYNC {PlayedMaster.Id} 100\r\n${File.Length}\r\n{File[..^10]}{new string('x', 10)}");
        master.Wait(2);

        Assert.Equal("$1\r\n1\r\n", master.Call("GET old"));
        Assert.Equal(":1\r\n", master.Call("DBSIZE"));
    }

    [Fact]
    public void A_transfer_that_is_cut_short_leaves_everything_as_it_was()
    {
        using var master = new PlayedMaster();
        master.Call("SET old 1");
        string asked = master.Meet();
        master.Send($"+FULLRESYNC {PlayedMaster.Id} 100\r\n${File.Length}\r\n{File[..20]}");
        master.Wait(3);

        master.Link.Abort();

        Assert.Equal(asked, master.Greet());
        Assert.Equal("$1\r\n1\r\n", master.Call("GET old"));
        master.Wait(0.1);
        Assert.DoesNotContain(master.Shard.Disk.FilesIn(master.Shard.Server.Settings.Folder), name => name.StartsWith("temp-", StringComparison.Ordinal));
    }

    [Fact]
    public void A_master_that_promises_much_and_sends_nothing_is_left()
    {
        using PlayedMaster master = Begin("disabled", "--repl-timeout", "5");

        master.Send("$99999999999\r\n");
        Assert.Equal("99999999999", master.Info("replication", "master_sync_total_bytes"));
        Assert.Equal("99999999999", master.Info("replication", "master_sync_left_bytes"));
        master.Wait(7);

        Assert.True(master.Links > 1);
    }

    [Theory]
    [InlineData("-NOAUTH Authentication required.\r\n")]
    [InlineData("+OK\r\n")]
    [InlineData("$x\r\n")]
    [InlineData("REDIS0010\r\n")]
    public void What_announces_no_data_ends_the_link(string line)
    {
        using PlayedMaster master = Begin("disabled");
        master.Wait(2);

        master.Send(line);

        Assert.Equal(2, master.Links);
    }

    [Fact]
    public void A_line_without_end_ends_the_link()
    {
        using PlayedMaster master = Begin("disabled");
        master.Wait(2);

        master.Link.Send(new string('x', 5000));
        master.Wait(1);

        Assert.True(master.Links > 1);
    }

    [Fact]
    public void A_full_disk_ends_the_link_and_not_the_server()
    {
        using PlayedMaster master = Begin("disabled");
        master.Shard.Disk.Capacity = 10;

        master.Send($"${File.Length}\r\n{File}");
        master.Wait(1);

        Assert.True(master.Links > 1);
        Assert.Equal("$-1\r\n", master.Call("GET k"));
    }

    [Fact]
    public void A_master_of_the_old_kind_is_followed_without_counting()
    {
        using var master = new PlayedMaster();
        master.Meet();
        master.Send("-ERR unknown command 'PSYNC'\r\n");
        Assert.Equal("SYNC\r\n", master.Link.TakeText());

        master.Send($"${File.Length}\r\n{File}{SetOther}");
        master.Wait(3);

        Assert.Equal("$1\r\n1\r\n", master.Call("GET a"));
        Assert.Equal("", master.Link.TakeText());
        master.Link.Abort();
        Assert.Equal("? -1", master.Greet());
    }

    [Theory]
    [InlineData("no", "", true)]
    [InlineData("yes", "", false)]
    [InlineData("yes", "60 1", true)]
    public void The_file_stays_unless_nothing_is_to_be_kept(string removes, string save, bool stays)
    {
        using PlayedMaster master = Begin("disabled", "--rdb-del-sync-files", removes, "--save", save);

        master.Send($"${File.Length}\r\n{File}");
        master.Wait(1);

        Assert.Equal("$1\r\nv\r\n", master.Call("GET k"));
        Assert.Equal(stays, master.Shard.Disk.FilesIn(master.Shard.Server.Settings.Folder).Contains("dump.rdb"));
    }

    [Fact]
    public void The_time_without_a_master_counts_from_when_there_was_one()
    {
        using var master = new PlayedMaster();
        master.Call("REPLICAOF 127.0.0.1 1");
        master.Wait(3);
        Assert.Equal("-1", master.Info("replication", "master_link_down_since_seconds"));

        master.Continue();
        Assert.Equal("", master.Info("replication", "master_link_down_since_seconds"));
        master.Call("REPLICAOF 127.0.0.1 1");
        master.Wait(3);
        Assert.Equal("3", master.Info("replication", "master_link_down_since_seconds"));
    }

    private static PlayedMaster Begin(string load, params string[] options)
    {
        var master = new PlayedMaster(["--repl-diskless-load", load, .. options]);
        master.Meet();
        master.Send($"+FULLRESYNC {PlayedMaster.Id} 100\r\n");
        return master;
    }
}
