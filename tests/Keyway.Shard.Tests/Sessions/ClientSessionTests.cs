using Keyway.Platform.Simulation;

namespace Keyway.Shard.Tests.Sessions;

public sealed class ClientSessionTests
{
    [Fact]
    public void A_stream_of_requests_gets_the_same_replies_wherever_it_is_split()
    {
        string requests = TestShard.Encode("SET key value") + "PING\r\n" + TestShard.Encode("APPEND key more") + "\r\n*0\r\n*-1\r\nGET  \"key\"\r\n" + TestShard.Encode("STRLEN key");
        const string Expected = "+OK\r\n+PONG\r\n:9\r\n$9\r\nvaluemore\r\n:9\r\n";

        for (int split = 0; split <= requests.Length; split++)
        {
            using var shard = new TestShard();
            SimulatedPeer peer = shard.Connect();
            Assert.Equal(Expected, shard.Send(peer, requests[..split]) + shard.Send(peer, requests[split..]));
        }

        using var slow = new TestShard();
        slow.Network.DeliverAtMost = 1;
        Assert.Equal(Expected, slow.Send(slow.Connect(), requests));
    }

    [Fact]
    public void Pipelined_requests_are_answered_in_order()
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();
        string replies = shard.Send(peer, string.Concat(Enumerable.Range(0, 1000).Select(i => TestShard.Encode($"ECHO {i}"))));

        Assert.Equal(string.Concat(Enumerable.Range(0, 1000).Select(i => $"${i.ToString().Length}\r\n{i}\r\n")), replies);
    }

    [Theory]
    [InlineData("*2147483648\r\n", "invalid multibulk length")]
    [InlineData("*+1\r\n", "invalid multibulk length")]
    [InlineData("*01\r\n", "invalid multibulk length")]
    [InlineData("*1\r\n$-1\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$04\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$abc\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$536870913\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$18446744073709551619\r\n", "invalid bulk length")]
    [InlineData("*1\r\n*1\r\n", "expected '$', got '*'")]
    [InlineData("SET a \"b\r\n", "unbalanced quotes in request")]
    public void What_is_no_request_gets_the_reason_and_the_connection_ends(string input, string reason)
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();

        Assert.Equal($"+PONG\r\n-ERR Protocol error: {reason}\r\n", shard.Send(peer, "PING\r\n" + input + "SET never set\r\n"));
        Assert.True(peer.InputEnded || peer.IsClosed);
        Assert.Equal(":0\r\n", shard.Call(shard.Connect(), "DBSIZE"));
    }

    [Theory]
    [InlineData("*11\r\n", "unauthenticated multibulk length")]
    [InlineData("*1\r\n$16385\r\n", "unauthenticated bulk length")]
    public void Before_the_password_a_request_may_not_be_large(string input, string reason)
    {
        using var shard = new TestShard("--requirepass", "secret");

        Assert.Equal($"-ERR Protocol error: {reason}\r\n", shard.Send(shard.Connect(), input));
        SimulatedPeer peer = shard.Connect();
        Assert.Equal("+OK\r\n", shard.Call(peer, "AUTH secret"));
        Assert.Equal("", shard.Send(peer, input));
        Assert.False(peer.InputEnded);
    }

    [Fact]
    public void A_declared_length_takes_no_memory()
    {
        using var shard = new TestShard();
        for (int i = 0; i < 200; i++) shard.Send(shard.Connect(), "*2147483647\r\n$536870912\r\nx");
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 200; i++) shard.Send(shard.Connect(), "*2147483647\r\n$536870912\r\nx");

        // Mostly the simulated network's own; each client of the real size would alone be half a gigabyte.
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 200 * 256 * 1024);
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\n\r\nSET a b\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\nSET a b\r\n")]
    [InlineData("hOsT: x\r\nSET a b\r\n")]
    public void A_browser_that_was_lured_here_is_cut_off(string input)
    {
        foreach (int atOnce in new[] { int.MaxValue, 1 })
        {
            using var shard = new TestShard();
            shard.Network.DeliverAtMost = atOnce;
            SimulatedPeer peer = shard.Connect();
            shard.Send(peer, input);

            Assert.True(peer.InputEnded || peer.IsClosed);
            Assert.Equal(":0\r\n", shard.Call(shard.Connect(), "DBSIZE"));
        }
    }

    [Fact]
    public void Who_does_not_read_is_not_read_from_and_loses_nothing()
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();
        string value = new('x', 100_000);
        shard.Call(peer, $"SET big {value}");
        peer.StopReading();
        const int Gets = 200;
        byte[] requests = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET big\r\n", Gets)));
        int sent = 0;
        for (int tries = 0; tries < 100 && sent < requests.Length; tries++)
        {
            sent += peer.Send(requests.AsSpan(sent, Math.Min(4096, requests.Length - sent)));
            shard.Network.RunUntilIdle();
        }

        ClientSession client = shard.Server.FirstClient!;
        Assert.InRange(client.Reply.Length, 1, 2 * 1024 * 1024);
        Assert.Equal("+PONG\r\n", shard.Call(shard.Connect(), "PING"));

        peer.ResumeReading();
        long received = 0;
        for (int tries = 0; tries < 100_000 && received < Gets * (value.Length + 11L); tries++)
        {
            if (sent < requests.Length) sent += peer.Send(requests.AsSpan(sent, Math.Min(4096, requests.Length - sent)));
            shard.Network.RunUntilIdle();
            received += peer.TakeReceived().Length;
        }

        Assert.Equal(Gets * (value.Length + 11L), received);
    }

    [Fact]
    public void A_stranger_who_does_not_read_is_closed()
    {
        using var shard = new TestShard("--requirepass", "secret");
        shard.Network.Capacity = 512;
        SimulatedPeer peer = shard.Connect();
        peer.StopReading();
        for (int i = 0; i < 100 && shard.Server.ClientCount > 0; i++)
        {
            peer.Send("PING\r\nPING\r\nPING\r\n");
            shard.Network.RunUntilIdle();
        }

        Assert.Equal(0, shard.Server.ClientCount);
    }

    [Fact]
    public void A_large_value_survives_arriving_in_pieces()
    {
        using var shard = new TestShard();
        shard.Network.DeliverRandomLengths = true;
        SimulatedPeer peer = shard.Connect();
        var random = new Random(1);
        string value = string.Concat(Enumerable.Range(0, 300_000).Select(_ => (char)random.Next('a', 'z')));

        Assert.Equal("+OK\r\n", shard.Call(peer, $"SET big {value}"));
        Assert.Equal($"${value.Length}\r\n{value}\r\n", shard.Call(peer, "GET big"));
    }

    [Fact]
    public void Replies_leave_before_a_connection_that_the_client_half_closed_ends()
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();
        peer.Send("SET a 1\r\nGET a\r\n");
        peer.EndOutput();
        shard.Network.RunUntilIdle();

        Assert.Equal("+OK\r\n$1\r\n1\r\n", peer.TakeText());
        Assert.Equal(0, shard.Server.ClientCount);
    }

    [Fact]
    public void Nothing_behind_quit_is_executed()
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();

        Assert.Equal("+OK\r\n", shard.Send(peer, "QUIT\r\nSET a 1\r\n"));
        Assert.Equal(":0\r\n", shard.Call(shard.Connect(), "DBSIZE"));
    }

    [Fact]
    public void One_client_too_many_is_told_so()
    {
        using var shard = new TestShard("--maxclients", "2");
        shard.Connect();
        SimulatedPeer second = shard.Connect();
        SimulatedPeer third = shard.Connect();

        Assert.Equal("-ERR max number of clients reached\r\n", third.TakeText());
        Assert.Equal("+PONG\r\n", shard.Call(second, "PING"));
        second.Close();
        shard.Network.RunUntilIdle();
        Assert.Equal("+PONG\r\n", shard.Call(shard.Connect(), "PING"));
    }

    [Fact]
    public void Idle_clients_are_closed_after_the_timeout_and_active_ones_are_not()
    {
        using var shard = new TestShard("--timeout", "10");
        SimulatedPeer idle = shard.Connect();
        SimulatedPeer active = shard.Connect();
        for (int i = 0; i < 15; i++)
        {
            shard.Network.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal("+PONG\r\n", shard.Call(active, "PING"));
        }

        Assert.True(idle.InputEnded || idle.IsClosed);
        Assert.Equal(1, shard.Server.ClientCount);
    }

    [Fact]
    public void Client_reply_skips_one_command_or_all_of_them()
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();

        Assert.Equal("+PONG\r\n", shard.Send(peer, "CLIENT REPLY SKIP\r\nECHO unheard\r\nPING\r\n"));
        Assert.Equal("+OK\r\n+PONG\r\n", shard.Send(peer, "CLIENT REPLY OFF\r\nPING\r\nSET a 1\r\nCLIENT REPLY ON\r\nPING\r\n"));
        Assert.Equal("$1\r\n1\r\n", shard.Call(peer, "GET a"));
    }

    [Fact]
    public void Hello_switches_the_protocol_at_its_own_reply()
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();
        string replies = shard.Send(peer, "GET none\r\nHELLO 3\r\nGET none\r\nHELLO 2\r\nGET none\r\n");

        Assert.StartsWith("$-1\r\n%7\r\n", replies);
        Assert.Contains("*0\r\n_\r\n*14\r\n", replies);
        Assert.EndsWith("*0\r\n$-1\r\n", replies);
    }

    [Fact]
    public void Killed_clients_are_gone_and_who_kills_itself_still_hears_of_it()
    {
        using var shard = new TestShard();
        SimulatedPeer victim = shard.Connect();
        SimulatedPeer killer = shard.Connect();

        Assert.Equal(":1\r\n", shard.Call(killer, "CLIENT KILL ID 1"));
        Assert.True(victim.InputEnded || victim.IsClosed);
        Assert.Equal(":1\r\n", shard.Call(killer, "CLIENT KILL TYPE normal SKIPME no"));
        Assert.True(killer.InputEnded || killer.IsClosed);
        Assert.Equal(0, shard.Server.ClientCount);
    }
}
