using Keyway.Platform.Simulation;
using Keyway.Shard.PubSub;

namespace Keyway.Shard.Tests.Limits;

/// <summary>What clients may take, and what becomes of those who take more.</summary>
public sealed class ClientLimitTests
{
    [Fact]
    public void A_subscriber_that_never_reads_is_closed_at_the_hard_limit_and_gives_all_its_memory_back()
    {
        using var shard = new TestShard();
        SimulatedPeer reader = shard.Connect(), deaf = shard.Connect(), writer = shard.Connect();
        shard.Call(reader, "SUBSCRIBE c");
        shard.Call(deaf, "SUBSCRIBE c");
        deaf.StopReading();
        string megabyte = TestShard.Encode($"PUBLISH c {new string('x', 1_000_000)}");
        int receivers = 2;
        for (int i = 0; i < 40 && receivers == 2; i++) receivers = shard.Send(writer, megabyte) == ":2\r\n" ? 2 : 1;

        Assert.Equal(":1\r\n", shard.Call(writer, "PUBLISH c last"));
        Assert.Equal(2, shard.Server.ClientCount);
        Assert.True(reader.TakeText().Length > 32_000_000);
    }

    [Fact]
    public void A_client_above_the_soft_limit_has_its_time_to_read()
    {
        using var shard = new TestShard("--client-output-buffer-limit", "pubsub 0 100kb 5");
        SimulatedPeer slow = shard.Connect(), writer = shard.Connect();
        shard.Call(slow, "SUBSCRIBE c");
        slow.StopReading();
        for (int i = 0; i < 3; i++) shard.Call(writer, $"PUBLISH c {new string('x', 100_000)}");
        shard.Network.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(2, shard.Server.ClientCount);

        // Once it has read, its time begins anew.
        slow.ResumeReading();
        shard.Network.Advance(TimeSpan.FromSeconds(2));
        slow.StopReading();
        for (int i = 0; i < 3; i++) shard.Call(writer, $"PUBLISH c {new string('x', 100_000)}");
        shard.Network.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, shard.Server.ClientCount);
        shard.Network.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(1, shard.Server.ClientCount);
    }

    [Fact]
    public void A_normal_client_has_a_limit_where_it_is_given_one()
    {
        using var shard = new TestShard("--client-output-buffer-limit", "normal 200000 0 0");
        SimulatedPeer greedy = shard.Connect(), other = shard.Connect();
        shard.Call(other, $"SET k {new string('x', 300_000)}");
        greedy.StopReading();
        shard.Call(greedy, "GET k");

        Assert.Equal(1, shard.Server.ClientCount);
        Assert.Equal("+PONG\r\n", shard.Call(other, "PING"));
    }

    [Fact]
    public void The_largest_clients_go_first_when_all_together_take_too_much()
    {
        using var shard = new TestShard("--maxmemory-clients", "1mb");
        SimulatedPeer small = shard.Connect(), large = shard.Connect(), exempt = shard.Connect();
        shard.Call(exempt, "CLIENT NO-EVICT on");
        shard.Send(exempt, $"*2\r\n$4\r\nECHO\r\n$2000000\r\n{new string('x', 900_000)}");
        shard.Send(small, $"*2\r\n$4\r\nECHO\r\n$200000\r\n{new string('x', 100_000)}");
        Assert.Equal(3, shard.Server.ClientCount);
        shard.Send(large, $"*2\r\n$4\r\nECHO\r\n$2000000\r\n{new string('x', 1_200_000)}");

        Assert.Equal(2, shard.Server.ClientCount);
        Assert.Contains("evicted_clients:1\r\n", shard.Call(shard.Connect(), "INFO stats"), StringComparison.Ordinal);
        Assert.Equal($"$200000\r\n{new string('x', 200_000)}\r\n", shard.Send(small, new string('x', 100_000) + "\r\n"));
    }

    [Fact]
    public void What_a_transaction_queues_counts_as_what_waits_to_be_executed()
    {
        using var shard = new TestShard("--client-query-buffer-limit", "1mb");
        SimulatedPeer peer = shard.Connect();
        shard.Call(peer, "MULTI");
        for (int i = 0; i < 12; i++) shard.Call(peer, $"SET k {new string('x', 100_000)}");
        shard.Send(peer, "*1\r\n$4\r\nEX");

        Assert.Equal(0, shard.Server.ClientCount);
        Assert.Equal(0, shard.Server.Databases.Memory.UsedBytes - EmptyBytes());
    }

    [Fact]
    public void A_pause_ends_by_itself_and_what_it_put_off_follows_in_order()
    {
        using var shard = new TestShard();
        SimulatedPeer one = shard.Connect(), two = shard.Connect(), reader = shard.Connect();
        shard.Call(reader, "CLIENT PAUSE 1000 WRITE");
        Assert.Equal("", shard.Call(two, "APPEND k 2"));
        Assert.Equal("", shard.Call(one, "APPEND k 1"));
        Assert.Equal("$-1\r\n", shard.Call(reader, "GET k"));
        shard.Network.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal("", two.TakeText());
        shard.Network.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(":1\r\n", two.TakeText());
        Assert.Equal(":2\r\n", one.TakeText());
        Assert.Equal("$2\r\n21\r\n", shard.Call(reader, "GET k"));
    }

    [Fact]
    public void Nothing_expires_while_writes_are_paused()
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();
        shard.Call(peer, "SET k v PX 100");
        shard.Call(peer, "CLIENT PAUSE 10000 WRITE");
        shard.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(":1\r\n", shard.Call(peer, "DBSIZE"));
        Assert.Equal("$-1\r\n", shard.Call(peer, "GET k"));
        Assert.Equal(":1\r\n", shard.Call(peer, "DBSIZE"));
        shard.Call(peer, "CLIENT UNPAUSE");
        shard.Network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(":0\r\n", shard.Call(peer, "DBSIZE"));
    }

    [Fact]
    public void Thousands_that_wait_for_one_key_leave_without_trace()
    {
        using var shard = new TestShard();
        SimulatedPeer killer = shard.Connect();
        for (int round = 0; round < 2; round++)
        {
            var waiting = new List<SimulatedPeer>();
            for (int i = 0; i < 500; i++)
            {
                SimulatedPeer peer = shard.Connect();
                shard.Call(peer, "BLPOP k other 0");
                waiting.Add(peer);
            }

            Assert.Equal(500, shard.Server.Blocked.Count);
            if (round == 0) shard.Call(killer, "CLIENT KILL TYPE normal");
            else waiting.ForEach(peer => peer.Close());
            shard.Network.RunUntilIdle();
            Assert.Equal(0, shard.Server.Blocked.Count);
        }

        Assert.Equal(0, shard.Server.Databases.Memory.UsedBytes - EmptyBytes());
        Assert.Equal(":1\r\n", shard.Call(killer, "RPUSH k 1"));
        Assert.Equal(":1\r\n", shard.Call(killer, "LLEN k"));
    }

    [Fact]
    public void Whoever_subscribes_and_leaves_again_and_again_leaves_nothing_behind()
    {
        using var shard = new TestShard();
        for (int round = 0; round < 3; round++)
        {
            var peers = Enumerable.Range(0, 50).Select(_ => shard.Connect()).ToList();
            string all = TestShard.Encode("SUBSCRIBE " + string.Join(' ', Enumerable.Range(0, 100).Select(i => $"channel{i}")));
            foreach (SimulatedPeer peer in peers) shard.Send(peer, all);
            Assert.Equal(100, shard.Server.Messages[ChannelKind.Channel].Count);
            foreach (SimulatedPeer peer in peers) peer.Close();
            shard.Network.RunUntilIdle();
            Assert.Equal(0, shard.Server.Messages[ChannelKind.Channel].Count);
        }
    }

    private static long EmptyBytes()
    {
        using var shard = new TestShard();
        return shard.Server.Databases.Memory.UsedBytes;
    }
}
