using System.Runtime.CompilerServices;
using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Hostile;

/// <summary>Crowds that listen or wait and then go away at once: nothing of them stays.</summary>
public sealed class CrowdTests
{
    private const int Clients = 200;
    private const int Channels = 100;
    private const int Rounds = 10;

    [Fact]
    public void Channels_go_with_their_last_listener_however_it_leaves()
    {
        using var shard = new TestShard();
        SimulatedPeer observer = shard.Connect();
        for (int round = 0; round < Rounds; round++)
        {
            SimulatedPeer[] crowd = [.. Enumerable.Range(0, Clients).Select(_ => shard.Connect())];
            for (int i = 0; i < crowd.Length; i++)
            {
                shard.Send(crowd[i], Encode(["SUBSCRIBE", .. Enumerable.Range(0, Channels).Select(n => $"channel:{(i + n) % 150}")]));
                shard.Send(crowd[i], Encode(["PSUBSCRIBE", $"ch*{i}", "*"]));
                shard.Send(crowd[i], Encode(["SSUBSCRIBE", $"shard:{i}"]));
            }

            Assert.Equal($":{Clients + 1}\r\n", shard.Call(observer, "PUBSUB NUMPAT"));
            switch (round % 2)
            {
                case 0: foreach (SimulatedPeer peer in crowd) peer.Close(); break;
                default: foreach (SimulatedPeer peer in crowd) shard.Send(peer, Encode(["RESET"])); break;
            }

            shard.Network.RunUntilIdle();
            Assert.Equal(":0\r\n", shard.Call(observer, "PUBSUB NUMPAT"));
            Assert.Equal("*0\r\n", shard.Call(observer, "PUBSUB CHANNELS"));
            Assert.Equal("*0\r\n", shard.Call(observer, "PUBSUB SHARDCHANNELS"));
            foreach (SimulatedPeer peer in crowd) peer.Close();
            shard.Network.RunUntilIdle();
            Assert.Equal(1, shard.Server.ClientCount);
        }
    }

    [Fact]
    public void Nothing_holds_on_to_clients_that_listened_and_waited()
    {
        using var shard = new TestShard();
        SimulatedPeer observer = shard.Connect();
        List<WeakReference> gone = ComeAndGo(shard);
        shard.Call(observer, "PING");
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        // Whatever was touched last may still be held by a buffer or a field; a crowd may not.
        Assert.InRange(gone.Count(reference => reference.IsAlive), 0, 3);
    }

    [Fact]
    public void What_was_pushed_stays_when_all_that_waited_for_it_have_gone()
    {
        using var shard = new TestShard();
        SimulatedPeer observer = shard.Connect();
        for (int round = 0; round < Rounds; round++)
        {
            SimulatedPeer[] crowd = [.. Enumerable.Range(0, Clients).Select(_ => shard.Connect())];
            foreach (SimulatedPeer peer in crowd) shard.Send(peer, Encode(["BLPOP", "list", "other", "0"]));
            Assert.Contains($"blocked_clients:{Clients}\r\n", shard.Call(observer, "INFO clients"), StringComparison.Ordinal);
            foreach (SimulatedPeer peer in crowd) peer.Close();
            shard.Network.RunUntilIdle();

            Assert.Contains("blocked_clients:0\r\n", shard.Call(observer, "INFO clients"), StringComparison.Ordinal);
            Assert.Equal(":2\r\n", shard.Call(observer, "RPUSH list a b"));
            Assert.Equal(":1\r\n", shard.Call(observer, "DEL list"));
        }
    }

    [Fact]
    public void Who_waits_and_is_killed_in_the_same_turn_gets_nothing_and_takes_nothing()
    {
        using var shard = new TestShard();
        SimulatedPeer observer = shard.Connect();
        SimulatedPeer waiter = shard.Connect();
        string id = shard.Call(waiter, "CLIENT ID").Trim(':', '\r', '\n');
        shard.Call(waiter, "BLPOP list 0");

        string replies = shard.Send(observer, Encode(["MULTI"]) + Encode(["RPUSH", "list", "a"]) + Encode(["CLIENT", "KILL", "ID", id]) + Encode(["EXEC"]) + Encode(["LRANGE", "list", "0", "-1"]));

        Assert.Equal("+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:1\r\n:1\r\n*1\r\n$1\r\na\r\n", replies);
        Assert.Equal("", waiter.TakeText());
        Assert.True(waiter.IsClosed);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> ComeAndGo(TestShard shard)
    {
        SimulatedPeer[] crowd = [.. Enumerable.Range(0, Clients).Select(_ => shard.Connect())];
        for (int i = 0; i < crowd.Length; i++) shard.Send(crowd[i], Encode(i % 2 == 0 ? ["SUBSCRIBE", "a", $"b{i}"] : ["BLPOP", "list", $"other{i}", "0"]));

        var sessions = new List<WeakReference>();
        for (ClientSession? client = shard.Server.FirstClient; client != null; client = client.Next) sessions.Add(new WeakReference(client));
        foreach (SimulatedPeer peer in crowd) peer.Close();
        shard.Network.RunUntilIdle();
        return sessions;
    }

    private static string Encode(string[] words) => Encoding.Latin1.GetString(RespClient.Encode(words));
}
