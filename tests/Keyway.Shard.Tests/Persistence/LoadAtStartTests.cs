using System.Text;
using Keyway.Platform.Disks;
using Keyway.Platform.Simulation;
using Keyway.Shard.Keyspace.Digests;
using Keyway.Shard.Tests.Rdb;

namespace Keyway.Shard.Tests.Persistence;

public sealed class LoadAtStartTests
{
    private readonly SimulatedDisk _disk = new(seed: 1);

    [Fact]
    public void Clients_are_told_to_wait_while_the_data_is_loaded()
    {
        string digest = Save(keys: 20_000);
        using var shard = new TestShard(_disk, "--save", "");
        Assert.True(shard.Server.Loading.IsOn);

        // Connected, but the disk has not answered yet.
        SimulatedPeer peer = shard.Connect();
        peer.Send(Encoding.ASCII.GetBytes("GET key:1\r\nPING\r\nINFO persistence\r\nMULTI\r\nGET key:1\r\nEXEC\r\nSAVE\r\n"));
        shard.Network.RunUntilIdle();
        string early = peer.TakeText();
        Assert.StartsWith("-LOADING Redis is loading the dataset in memory\r\n-LOADING Redis is loading the dataset in memory\r\n$", early, StringComparison.Ordinal);
        Assert.Contains("\r\nloading:1\r\n", early, StringComparison.Ordinal);
        Assert.Contains("\r\nloading_total_bytes:", early, StringComparison.Ordinal);
        Assert.Contains("-EXECABORT Transaction discarded because of previous errors.\r\n-LOADING", early, StringComparison.Ordinal);

        shard.Network.Advance(TimeSpan.FromSeconds(3));
        Assert.False(shard.Server.Loading.IsOn);
        Assert.Equal(digest, ValueDigest.OfAll(shard.Server.Databases).ToString());
        Assert.Contains("\r\nloading:0\r\n", shard.Call(peer, "INFO persistence"), StringComparison.Ordinal);
        Assert.Contains("Done loading RDB, keys loaded: 20000, keys expired: 0.", shard.Log.Lines);
        Assert.Equal("Ready to accept connections", shard.Log.Lines.Last(line => line.StartsWith("Ready", StringComparison.Ordinal)));
        Assert.Single(shard.Log.Lines, "Ready to accept connections");
    }

    [Theory]
    [InlineData(30)]
    [InlineData(300)]
    public void A_damaged_file_is_not_served(int at)
    {
        Save(keys: 100);
        Damage(at);
        bool isToldOf = false;
        using var shard = new TestShard(_disk, "--save", "");
        shard.Server.OnLoadFailed = () => isToldOf = true;
        SimulatedPeer peer = shard.Connect();
        shard.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.True(isToldOf);
        Assert.True(shard.Server.Loading.IsOn);
        Assert.StartsWith("-LOADING", shard.Call(peer, "GET key:1"), StringComparison.Ordinal);
        Assert.Contains("Fatal error loading the DB, check server logs. Exiting.", shard.Log.Lines);
    }

    [Fact]
    public void A_file_that_cannot_be_opened_or_read_ends_the_start()
    {
        Save(keys: 10);
        foreach (string failing in (string[])["open", "read"])
        {
            _disk.Fault = (call, path) => call == failing ? new DiskException(call, path, "Input/output error") : null;
            using var shard = new TestShard(_disk, "--save", "");
            shard.Network.Advance(TimeSpan.FromSeconds(1));
            Assert.True(shard.Server.IsStopped);
        }
    }

    [Fact]
    public void Nothing_is_saved_over_what_is_not_loaded_yet()
    {
        string digest = Save(keys: 5000);
        using (var shard = new TestShard(_disk, "--save", "1 0"))
        {
            SimulatedPeer peer = shard.Connect();
            shard.Call(peer, "SHUTDOWN SAVE");
            Assert.Equal(1, shard.ShutdownsAsked);
        }

        using var again = new TestShard(_disk, "--save", "");
        again.Network.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(digest, ValueDigest.OfAll(again.Server.Databases).ToString());
    }

    [Fact]
    public void Functions_are_handed_on_whole()
    {
        byte[] source = "#!lua name=mylib\nredis.register_function('f', function() return 1 end)"u8.ToArray();
        byte[] file = new RdbFileMaker(10).Raw([0xF5, .. DumpMaker.Blob(source)]).Database(0).Key(0, "k", 1, (byte)'v').End();
        string folder = new TestShard().Server.Settings.Folder;
        using (DiskFile written = _disk.Create(Path.Combine(folder, "dump.rdb"))) written.Append(file);

        using var shard = new TestShard(_disk, "--save", "");
        shard.Network.Advance(TimeSpan.FromSeconds(1));
        SimulatedPeer peer = shard.Connect();
        Assert.Equal("$1\r\nv\r\n", shard.Call(peer, "GET k"));
        Assert.Equal("+OK\r\n", shard.Call(peer, "SAVE"));
        using var again = new TestShard(_disk, "--save", "");
        again.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(source, Assert.Single(again.Server.Functions.Sources));
    }

    private string Save(int keys)
    {
        using var shard = new TestShard(_disk, "--save", "");
        SimulatedPeer peer = shard.Connect();
        for (int i = 0; i < keys; i += 50)
            shard.Send(peer, string.Concat(Enumerable.Range(i, 50).Select(k => TestShard.Encode($"SET key:{k} value-of-some-length:{k}"))));
        shard.Call(peer, "SAVE");
        return ValueDigest.OfAll(shard.Server.Databases).ToString();
    }

    private void Damage(int at)
    {
        string path = Path.Combine(new TestShard().Server.Settings.Folder, "dump.rdb");
        var bytes = new byte[100_000];
        int length;
        using (DiskFile file = _disk.OpenForReading(path)) length = file.Read(0, bytes);
        bytes[at] ^= 0x40;
        using DiskFile damaged = _disk.Create(path);
        damaged.Append(bytes.AsSpan(0, length));
    }
}
