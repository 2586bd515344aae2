using System.Globalization;
using System.Net;
using System.Text;
using Keyway.Gateway.Cluster;
using Keyway.Protocol;

namespace Keyway.Gateway.Tests.Cluster;

public class ClusterRepliesTests
{
    private static readonly IPEndPoint Asked = new(IPAddress.Parse("10.0.0.9"), 7000);

    // As redis-server 7.0.15 answers: three shards, the second of which has a failed replica.
    private static readonly object[] Shards =
    [
        new object[] { "slots", new object[] { 0, 5460, 16000, 16383 }, "nodes", new object[] { Node("10.0.0.1", 7000, "master", 100), Node("10.0.0.2", 7001, "replica", 99) } },
        new object[] { "slots", new object[] { 5461, 10922 }, "nodes", new object[] { Node("10.0.0.2", 7000, "master", 7), Node("10.0.0.3", 7001, "replica", 0, "fail") } },
        new object[] { "slots", new object[] { 10923, 15999 }, "nodes", new object[] { Node("redis-3", 7000, "master", 8) } },
        new object[] { "slots", Array.Empty<object>(), "nodes", new object[] { Node("10.0.0.4", 7000, "master", 0) } },
    ];

    private static readonly object[] Slots =
    [
        new object[] { 0, 5460, new object[] { "10.0.0.1", 7000, new string('a', 40), Array.Empty<object>() }, new object[] { "10.0.0.2", 7001, new string('b', 40), Array.Empty<object>() } },
        new object[] { 5461, 16000, new object[] { null!, 7000, new string('c', 40), new object[] { "hostname", "h.example" } } },
        new object[] { 16001, 16383, new object[] { "10.0.0.1", 7000, new string('a', 40) }, new object[] { "10.0.0.2", 7001, new string('b', 40) } },
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Shards_are_read_in_both_protocols(bool resp3)
    {
        IReadOnlyList<ClusterShard> shards = ClusterReplies.Shards(Encode(Shards, resp3, depth: 0), Asked, isTls: false)!;

        Assert.Equal(4, shards.Count);
        Assert.Equal([(0, 5460), (16000, 16383)], shards[0].Ranges);
        Assert.Equal(new ClusterNode(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 7000), true, true, 100), shards[0].Master);
        Assert.Equal([new ClusterNode(new IPEndPoint(IPAddress.Parse("10.0.0.2"), 7001), false, true, 99)], shards[0].Replicas);
        Assert.False(shards[1].Replicas[0].IsOnline);
        Assert.Equal(new DnsEndPoint("redis-3", 7000), shards[2].Master!.Address);
        Assert.Empty(shards[3].Ranges);
        Assert.True(new ClusterView(shards, 1, true).IsWhole);
    }

    [Fact]
    public void The_port_is_the_one_that_speaks_as_we_do()
    {
        object[] node = ["id", "x", "port", 7000, "tls-port", 7443, "ip", "10.0.0.1", "endpoint", "10.0.0.1", "role", "master", "replication-offset", 1, "health", "online"];
        byte[] reply = Encode(new object[] { new object[] { "slots", new object[] { 0, 16383 }, "nodes", new object[] { node } } }, false, 0);

        Assert.Equal(7000, PortOf(ClusterReplies.Shards(reply, Asked, isTls: false)!));
        Assert.Equal(7443, PortOf(ClusterReplies.Shards(reply, Asked, isTls: true)!));
    }

    [Theory]
    [InlineData("?")]
    [InlineData("")]
    [InlineData(null)]
    public void A_server_that_does_not_know_its_name_has_the_one_we_asked(string? name)
    {
        object[] node = ["id", "x", "port", 7001, "ip", "10.0.0.1", "endpoint", name!, "role", "master", "replication-offset", 1, "health", "online"];
        byte[] reply = Encode(new object[] { new object[] { "slots", new object[] { 0, 16383 }, "nodes", new object[] { node } } }, false, 0);

        Assert.Equal(new IPEndPoint(Asked.Address, 7001), ClusterReplies.Shards(reply, Asked, isTls: false)![0].Master!.Address);
    }

    [Fact]
    public void A_failed_master_beside_its_successor_is_not_the_master()
    {
        object[] shard = ["slots", new object[] { 0, 1 }, "nodes", new object[] { Node("10.0.0.1", 7000, "master", 0, "fail"), Node("10.0.0.2", 7000, "master", 0) }];
        Assert.Equal("10.0.0.2:7000", ClusterReplies.Shards(Encode(new object[] { shard }, false, 0), Asked, false)![0].Master!.AddressText);
    }

    [Fact]
    public void Slots_come_once_for_each_range_and_are_put_together()
    {
        IReadOnlyList<ClusterShard> shards = ClusterReplies.Slots(Encode(Slots, false, 0), Asked)!;

        Assert.Equal(2, shards.Count);
        Assert.Equal([(0, 5460), (16001, 16383)], shards[0].Ranges);
        Assert.Equal("10.0.0.2:7001", shards[0].Replicas[0].AddressText);
        Assert.Equal("10.0.0.9:7000", shards[1].Master!.AddressText);
        Assert.True(new ClusterView(shards, 0, true).IsWhole);
    }

    [Fact]
    public void Info_says_the_epoch_and_whether_all_is_well()
    {
        const string text = "cluster_state:ok\r\ncluster_slots_assigned:16384\r\ncluster_current_epoch:6\r\ncluster_my_epoch:2\r\n";
        Assert.Equal((true, 6), ClusterReplies.Info(Encoding.ASCII.GetBytes($"${text.Length}\r\n{text}\r\n")));
        Assert.Equal((true, 6), ClusterReplies.Info(Encoding.ASCII.GetBytes($"={text.Length + 4}\r\ntxt:{text}\r\n")));
        Assert.Equal((false, 0), ClusterReplies.Info("$50\r\ncluster_state:fail\r\ncluster_current_epoch:0\r\n12345\r\n"u8));
        Assert.Null(ClusterReplies.Info("-ERR This instance has cluster support disabled\r\n"u8));
    }

    [Fact]
    public void Whatever_comes_is_read_or_refused()
    {
        byte[][] good = [Encode(Shards, false, 0), Encode(Shards, true, 0), Encode(Slots, false, 0)];
        foreach (byte[] reply in good)
        {
            for (int cut = 0; cut < reply.Length; cut++) Read(reply[..cut]);
            for (int seed = 0; seed < 3000; seed++)
            {
                var random = new Random(seed);
                byte[] changed = [.. reply];
                for (int i = random.Next(1, 4); i > 0; i--) changed[random.Next(changed.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : "*$%:-0123456789\r\n"[random.Next(17)]);
                Read(changed);
            }
        }

        static void Read(byte[] reply)
        {
            ClusterReplies.Shards(reply, Asked, isTls: true);
            ClusterReplies.Slots(reply, Asked);
            ClusterReplies.Info(reply);
        }
    }

    [Theory]
    [InlineData("-MOVED 3999 127.0.0.1:6381\r\n", 3999, "127.0.0.1:6381")]
    [InlineData("-ASK 0 ::1:6381\r\n", 0, "[::1]:6381")]
    [InlineData("-MOVED 16383 redis-2.example:6381\r\n", 16383, "redis-2.example:6381")]
    [InlineData("-MOVED 5 :6381\r\n", 5, "10.0.0.9:6381")]
    [InlineData("-MOVED 5 ?:6381\r\n", 5, "10.0.0.9:6381")]
    [InlineData("-MOVED 16384 127.0.0.1:6381\r\n", -1, "")]
    [InlineData("-MOVED x 127.0.0.1:6381\r\n", -1, "")]
    [InlineData("-MOVED 5 127.0.0.1:99999\r\n", -1, "")]
    [InlineData("-MOVED 5 127.0.0.1:0\r\n", -1, "")]
    [InlineData("-MOVED 5\r\n", -1, "")]
    [InlineData("-MOVED\r\n", -1, "")]
    [InlineData("-MOVED 5 127.0.0.1:6381", -1, "")]
    public void A_redirection_names_a_slot_and_a_place(string reply, int slot, string place)
    {
        bool isRead = Redirection.TryRead(Encoding.ASCII.GetBytes(reply), Asked, out Redirection redirection);

        Assert.Equal(slot >= 0, isRead);
        if (!isRead) return;
        Assert.Equal(slot, redirection.Slot);
        Assert.Equal(place, ClusterNode.TextOf(redirection.Target));
    }

    private static int PortOf(IReadOnlyList<ClusterShard> shards) => ((IPEndPoint)shards[0].Master!.Address).Port;

    private static object[] Node(string host, int port, string role, int offset, string health = "online") =>
        ["id", new string('e', 40), "port", port, "ip", host, "endpoint", host, "role", role, "replication-offset", offset, "health", health];

    // In RESP3 the shards and nodes are maps: arrays at even depths below the outermost hold named fields.
    private static byte[] Encode(object? value, bool resp3, int depth)
    {
        var bytes = new MemoryStream();
        Write(value, resp3, bytes);
        ReplyScanner scanner = default;
        Assert.Equal(ReplyStatus.Complete, scanner.Scan(bytes.ToArray(), out int consumed));
        Assert.Equal(bytes.Length, consumed);
        return bytes.ToArray();
    }

    private static void Write(object? value, bool resp3, MemoryStream to)
    {
        void Say(string text) => to.Write(Encoding.UTF8.GetBytes(text));
        switch (value)
        {
            case null:
                Say(resp3 ? "_\r\n" : "$-1\r\n");
                break;
            case int number:
                Say(string.Create(CultureInfo.InvariantCulture, $":{number}\r\n"));
                break;
            case string text:
                Say($"${Encoding.UTF8.GetByteCount(text)}\r\n{text}\r\n");
                break;
            case object[] items:
                bool isMap = resp3 && items.Length > 0 && items.Length % 2 == 0 && items[0] is string;
                Say(isMap ? $"%{items.Length / 2}\r\n" : $"*{items.Length}\r\n");
                foreach (object? item in items) Write(item, resp3, to);
                break;
        }
    }
}
