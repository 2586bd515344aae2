using FsCheck;
using FsCheck.Fluent;
using Keyway.Platform.Simulation;
using Keyway.Shard.PubSub;

namespace Keyway.Shard.Tests.PubSub;

public sealed class MessageBrokerTests
{
    [Fact]
    public void Every_message_reaches_those_who_listen_whoever_came_and_went()
    {
        Prop.ForAll<int>(seed =>
        {
            using var shard = new TestShard();
            var random = new Random(seed);
            SimulatedPeer writer = shard.Connect();
            var peers = Enumerable.Range(0, 12).Select(_ => shard.Connect()).ToList();
            var listening = peers.ToDictionary(peer => peer, _ => new HashSet<string>());
            for (int step = 0; step < 150; step++)
            {
                SimulatedPeer peer = peers[random.Next(peers.Count)];
                string channel = $"c{random.Next(6)}";
                switch (random.Next(8))
                {
                    case < 4:
                        shard.Call(peer, $"SUBSCRIBE {channel}");
                        listening[peer].Add(channel);
                        break;
                    case < 6:
                        shard.Call(peer, $"UNSUBSCRIBE {channel}");
                        listening[peer].Remove(channel);
                        break;
                    case 6:
                        peer.Close();
                        peers.Remove(peer);
                        listening.Remove(peer);
                        SimulatedPeer next = shard.Connect();
                        peers.Add(next);
                        listening.Add(next, []);
                        break;
                    default:
                        int expected = listening.Values.Count(channels => channels.Contains(channel));
                        Assert.Equal($":{expected}\r\n", shard.Call(writer, $"PUBLISH {channel} {step}"));
                        string message = $"*3\r\n$7\r\nmessage\r\n$2\r\n{channel}\r\n${$"{step}".Length}\r\n{step}\r\n";
                        foreach (SimulatedPeer each in peers) Assert.Equal(listening[each].Contains(channel) ? message : "", each.TakeText());
                        break;
                }
            }

            foreach (SimulatedPeer peer in peers) peer.Close();
            shard.Network.RunUntilIdle();
            Assert.Equal(0, shard.Server.Messages[ChannelKind.Channel].Count);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Who_has_left_counts_no_more_while_its_places_are_given_back()
    {
        using var shard = new TestShard();
        SimulatedPeer stays = shard.Connect(), leaves = shard.Connect();
        string[] channels = [.. Enumerable.Range(0, 400).Select(i => $"c{i}")];
        shard.Call(stays, "SUBSCRIBE c1");
        shard.Send(leaves, TestShard.Encode($"SUBSCRIBE {string.Join(' ', channels)}") + TestShard.Encode($"PSUBSCRIBE {string.Join(' ', channels)}"));
        MessageBroker messages = shard.Server.Messages;
        Assert.Equal(3, messages.Publish("c1"u8, "x"u8));

        messages.Leave(shard.Server.LastClient!);
        Assert.Equal(400, messages[ChannelKind.Channel].All.Count);
        Assert.Equal((1, 0), (messages[ChannelKind.Channel].Count, messages[ChannelKind.Pattern].Count));
        Assert.Equal((1, 0), (messages[ChannelKind.Channel].CountOf("c1"u8), messages[ChannelKind.Channel].CountOf("c2"u8)));
        Assert.Equal(1, messages.Publish("c1"u8, "x"u8));
        shard.Network.RunUntilIdle();
        Assert.Equal((1, 0), (messages[ChannelKind.Channel].All.Count, messages[ChannelKind.Pattern].All.Count));
    }

    [Fact]
    public void Patterns_that_match_in_many_ways_take_no_longer_than_others()
    {
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect(), writer = shard.Connect();
        shard.Call(peer, $"PSUBSCRIBE {string.Concat(Enumerable.Repeat("a*", 60))}b");

        Assert.Equal(":0\r\n", shard.Call(writer, $"PUBLISH {new string('a', 2000)} x"));
    }
}
