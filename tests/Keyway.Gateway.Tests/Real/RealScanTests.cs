using System.Globalization;
using Keyway.Testing.RealServers;
using Keyway.Topology;

namespace Keyway.Gateway.Tests.Real;

/// <summary>Walks through the keys of real servers, whose tables grow, and whose processes are exchanged.</summary>
public sealed class RealScanTests : IDisposable
{
    private readonly List<RedisServer> _servers = [];

    public void Dispose()
    {
        foreach (RedisServer server in _servers) server.Dispose();
    }

    [Fact]
    public void A_walk_sees_every_key_of_real_servers_while_others_come_and_go()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RealGateway gateway = Start(3);
        using RespClient client = gateway.Connect();
        string[] stay = Fill(client, 3000);
        var seen = new HashSet<string>();
        string cursor = "0";
        for (int step = 0; step == 0 || cursor != "0"; step++)
        {
            RespValue reply = client.Call("SCAN", cursor, "COUNT", "50");
            cursor = reply[0].Text;
            seen.UnionWith(reply[1].Texts);
            client.Call("SET", $"other:{step}", "x");
            client.Call("DEL", $"other:{step / 2}");
            Assert.True(step < 10_000);
        }
        Assert.Superset(stay.ToHashSet(), seen);
        Assert.Equal(client.Call("DBSIZE").Integer, client.Call("KEYS", "*").Count);
        Assert.Contains(client.Call("RANDOMKEY").Text, client.Call("KEYS", "*").Texts);
        int slot = HashSlot.Of("stay:7"u8);
        Assert.Equal(stay.Count(key => HashSlot.Of(System.Text.Encoding.ASCII.GetBytes(key)) == slot), client.Call("CLUSTER", "COUNTKEYSINSLOT", slot.ToString(CultureInfo.InvariantCulture)).Integer);
        Assert.Equal("OK", client.Call("FLUSHALL").Text);
        Assert.Equal(0, client.Call("DBSIZE").Integer);
    }

    [Fact]
    public void A_server_that_starts_anew_in_mid_walk_loses_no_key()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        RedisServer server = RedisServer.Start("--appendonly", "yes", "--appendfsync", "always");
        _servers.Add(server);
        using var gateway = new RealGateway("epoll", [server.EndPoint], [new PartitionRule { Name = "rest", Line = 1, Placement = new Placement.Single(0) }]);
        using RespClient client = gateway.Connect();
        string[] stay = Fill(client, 2000);
        var seen = new HashSet<string>();
        string cursor = "0";
        for (int step = 0; step == 0 || cursor != "0"; step++)
        {
            if (step == 10) server.Restart();
            RespValue reply = client.Call("SCAN", cursor, "COUNT", "50");
            if (reply.IsError) continue;
            cursor = reply[0].Text;
            seen.UnionWith(reply[1].Texts);
            Assert.True(step < 10_000_000);
        }
        Assert.Superset(stay.ToHashSet(), seen);
    }

    private RealGateway Start(int shards)
    {
        for (int i = 0; i < shards; i++) _servers.Add(RedisServer.Start());
        SlotRange[] slots = [.. Enumerable.Range(0, shards).Select(i => new SlotRange(i * 16384 / shards, ((i + 1) * 16384 / shards) - 1, i))];
        return new RealGateway("epoll", [.. _servers.Select(server => server.EndPoint)], [new PartitionRule { Name = "rest", Line = 1, Placement = new Placement.Slots(slots) }]);
    }

    private static string[] Fill(RespClient client, int count)
    {
        string[] keys = [.. Enumerable.Range(0, count).Select(i => $"stay:{i}")];
        foreach (string[] some in keys.Chunk(500)) Assert.Equal("OK", client.Call(["MSET", .. some.SelectMany(key => new[] { key, "v" })]).Text);
        return keys;
    }
}
