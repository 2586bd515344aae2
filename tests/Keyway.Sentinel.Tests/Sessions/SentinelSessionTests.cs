using Keyway.Platform.Disks;
using Keyway.Sentinel.Tests.Real;
using Keyway.Testing.RealServers;

namespace Keyway.Sentinel.Tests.Sessions;

/// <summary>Whatever clients send, and whatever the disk does.</summary>
public sealed class SentinelSessionTests
{
    private const string Monitor = "sentinel monitor m1 127.0.0.1 1 1";

    [Fact]
    public void A_request_may_come_byte_by_byte_and_many_at_once()
    {
        using var sentinel = new LiveSentinel(Monitor);
        using RespClient client = sentinel.Connect();
        byte[] request = RespClient.Encode("SENTINEL", "get-master-addr-by-name", "m1");
        for (int i = 0; i < request.Length; i++) client.SendRaw(request.AsSpan(i, 1));
        Assert.Equal(["127.0.0.1", "1"], client.ReadReply().Texts);

        client.SendRaw(string.Concat(Enumerable.Repeat("PING\r\n", 5000)));
        for (int i = 0; i < 5000; i++) Assert.Equal("PONG", client.ReadReply().Text);
        Assert.Null(sentinel.Bug);
    }

    [Fact]
    public void Who_does_not_read_is_not_read_from_and_gets_all_replies_in_the_end()
    {
        const int Requests = 30_000;
        using var sentinel = new LiveSentinel(Monitor);
        using RespClient client = sentinel.Connect();
        var sender = new Thread(() => client.SendRaw(string.Concat(Enumerable.Repeat("SENTINEL MASTER m1\r\n", Requests))));
        sender.Start();
        using (RespClient other = sentinel.Connect()) Assert.Equal("PONG", other.Call("PING").Text);
        for (int i = 0; i < Requests; i++) Assert.Equal('*', (char)client.ReadRaw()[0]);
        sender.Join();
        Assert.Null(sentinel.Bug);
    }

    [Theory]
    [InlineData("*1\r\n+PING\r\n", "-ERR Protocol error: expected '$', got '+'\r\n")]
    [InlineData("*99999999999\r\n", "-ERR Protocol error: invalid multibulk length\r\n")]
    [InlineData("*1\r\n$-5\r\n", "-ERR Protocol error: invalid bulk length\r\n")]
    [InlineData("PING \"\r\n", "-ERR Protocol error: unbalanced quotes in request\r\n")]
    public void What_is_no_request_is_refused_and_the_connection_closed(string bytes, string error)
    {
        using var sentinel = new LiveSentinel(Monitor);
        using RespClient client = sentinel.Connect();
        client.SendRaw(bytes);
        Assert.Equal(error, client.ReadRawText());
        Assert.True(client.IsClosedByPeer());
        Assert.Null(sentinel.Bug);
    }

    [Fact]
    public void Strangers_get_little_before_they_log_in()
    {
        using var sentinel = new LiveSentinel(Monitor, "requirepass secret");
        using RespClient client = sentinel.Connect();
        Assert.Equal("NOAUTH Authentication required.", client.Call("SENTINEL", "masters").Text);
        Assert.Equal("NOAUTH Authentication required.", client.Call("PING").Text);
        Assert.StartsWith("NOAUTH HELLO must be called", client.Call("HELLO", "3").Text);
        Assert.StartsWith("WRONGPASS", client.Call("AUTH", "wrong").Text);
        Assert.Equal("OK", client.Call("AUTH", "secret").Text);
        Assert.Equal(1, client.Call("SENTINEL", "masters").Count);

        using RespClient other = sentinel.Connect();
        Assert.Equal("sentinel", other.Call("HELLO", "3", "AUTH", "default", "secret")["mode"].Text);
        using RespClient third = sentinel.Connect();
        third.SendRaw("*1\r\n$20000\r\n");
        Assert.Equal("-ERR Protocol error: unauthenticated bulk length\r\n", third.ReadRawText());
        using RespClient browser = sentinel.Connect();
        browser.SendRaw("POST / HTTP/1.1\r\nHost: a\r\nAUTH secret\r\n");
        Assert.True(browser.IsClosedByPeer());
        Assert.Null(sentinel.Bug);
    }

    [Fact]
    public void Random_bytes_let_no_exception_out()
    {
        using var sentinel = new LiveSentinel(Monitor);
        var random = new Random(7);
        string[] words = ["SENTINEL", "set", "m1", "monitor", "is-master-down-by-addr", "127.0.0.1", "-1", "99999999999999999999", "*", "", "debug", "config", "reset", "[", "CLIENT", "KILL", "LIST", "ID",
            "PUBLISH", "__sentinel__:hello", "1.2.3.4,5,id,6,m1,7.8.9.0,1,2", ",,,,,,,", "SUBSCRIBE", "UNSUBSCRIBE", "PSUBSCRIBE", "HELLO", "AUTH", "ACL", "COMMAND", "DOCS", "INFO", "\0\r\n", "info-cache", "failover", "pending-scripts"];
        for (int i = 0; i < 3000; i++)
        {
            string[] request = [.. Enumerable.Range(0, random.Next(1, 7)).Select(_ => words[random.Next(words.Length)])];
            using RespClient client = sentinel.Connect();
            client.Send(request);
            client.SendRaw(RespClient.Encode("PING"));
            try
            {
                while (client.ReadReply() is not { Text: "PONG" } and not { Count: 2 })
                {
                }
            }
            catch (IOException)
            {
                // It has killed itself.
            }

            Assert.Null(sentinel.Bug);
        }
    }

    [Fact]
    public void A_vote_that_the_disk_refuses_is_not_given()
    {
        const string Candidate = "0123456789012345678901234567890123456789";
        var disk = new RefusingDisk();
        using var sentinel = new LiveSentinel(disk, Monitor);
        using RespClient client = sentinel.Connect();
        disk.IsRefusing = true;
        Assert.Equal("ERR Failed to save config changes. Check server logs.", client.Call("SENTINEL", "flushconfig").Text);
        Assert.Equal("*", client.Call("SENTINEL", "is-master-down-by-addr", "127.0.0.1", "1", "5", Candidate)[1].Text);

        // A disk that serves again is tried a little later.
        disk.IsRefusing = false;
        Poll.Until(() => client.Call("SENTINEL", "is-master-down-by-addr", "127.0.0.1", "1", "6", Candidate)[1].Text == Candidate, () => sentinel.Log);
        Assert.Contains($"sentinel leader-epoch m1 6", File.ReadAllText(sentinel.File));
        Assert.Null(sentinel.Bug);
    }

    [Fact]
    public void Its_file_must_be_writable()
    {
        Assert.Throws<DiskException>(() => new LiveSentinel(new RefusingDisk { IsRefusing = true }, Monitor));
    }

    private sealed class RefusingDisk : Disk
    {
        private readonly RealDisk _disk = RealDisk.Instance;

        public volatile bool IsRefusing;

        public override DiskFile OpenForAppend(string path) => _disk.OpenForAppend(path);

        public override DiskFile Create(string path) => IsRefusing ? throw new DiskException("create", path, "Input/output error") : _disk.Create(path);

        public override DiskFile OpenForReading(string path) => _disk.OpenForReading(path);

        public override bool Exists(string path) => _disk.Exists(path);

        public override void Rename(string from, string to) => _disk.Rename(from, to);

        public override void Delete(string path) => _disk.Delete(path);

        public override void CreateFolder(string path) => _disk.CreateFolder(path);

        public override IReadOnlyList<string> FilesIn(string folder) => _disk.FilesIn(folder);

        public override void SyncFolder(string path) => _disk.SyncFolder(path);
    }
}
