using System.Net;
using Keyway.Platform;
using Keyway.Topology;
using Microsoft.Extensions.Logging;

namespace Keyway.Gateway.Rehearsals;

/// <summary>
/// Before a process serves, a gateway of the same classes talks with itself for a moment: clients and shards that know their lines, over real
/// sockets of the same transport. What runs for the first time has to be compiled, and without this the first clients wait for it: turns of
/// 6 to 30 ms, three or four of them in the first seconds, each holding up everybody on its loop. So would the clients of all shards when the
/// first shard fails, and everybody at the first reload; therefore those are in the play too.
/// </summary>
public static class Rehearsal
{
    /// <summary>Nothing depends on it: on a machine so slow that it is not over by then, the service begins all the same.</summary>
    private const int LongestMs = 1500;

    private const int Clients = 3;

    // How long the shard that says nothing is listened to: part of the play's length.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    /// <summary>Plays the whole conversation, on the calling thread.</summary>
    /// <param name="loop">Of the kind that will serve; it does not run yet, and has stopped afterwards.</param>
    /// <param name="log">Hears what a gateway's log hears, to rehearse that too.</param>
    /// <param name="shard">A server on that loop to play one of the shards, where the process has such; it will be written to.</param>
    /// <returns>Whether it came to its end.</returns>
    /// <exception cref="IOException">There is no loopback address to be had.</exception>
    public static bool Play(EventLoop loop, ILogger log, EndPoint? shard = null)
    {
        var here = new IPEndPoint(IPAddress.Loopback, 0);
        ShardDefinition[] shards =
        [
            Define("one", new RehearsalShard(loop, here).EndPoint),
            Define("two", shard ?? new RehearsalShard(loop, here).EndPoint),
            Define("falling", new RehearsalShard(loop, here).EndPoint),
            Define("silent", new RehearsalShard(loop, here).EndPoint) with { Timeout = Patience },
        ];
        GatewayOptions options = Options(shards, here, ownerOfLast: 1);
        var server = new GatewayServer([loop], options, log, "rehearsal", new string('0', 40), seed: 1);
        server.Start();

        bool isOver = false;
        int playing = Clients;
        for (int i = 0; i < Clients; i++)
        {
            loop.Connect(server.EndPoints[0].EndPoint, new RehearsalClient(() =>
            {
                if (--playing == 0) Reload(server.Loops[0], options, Options(shards, here, ownerOfLast: 0), () => isOver = true);
            }));
        }
        loop.Schedule(LongestMs, loop.Stop);
        loop.Run();
        return isOver;
    }

    private static void Reload(GatewayLoop loop, GatewayOptions now, GatewayOptions next, Action then)
    {
        loop.Events.Post(() => loop.Hold(next, LosingShards.Of(now, next), () =>
        {
            loop.Swap();
            loop.Release();
            then();
            loop.Events.Stop();
        }));
    }

    private static ShardDefinition Define(string name, EndPoint address) => new() { Name = name, Kind = "nodes", Address = address, AddressText = "rehearsal" };

    private static GatewayOptions Options(ShardDefinition[] shards, EndPoint here, int ownerOfLast)
    {
        PartitionRule[] rules =
        [
            new() { Name = "falling:", Prefix = "falling:"u8.ToArray(), Line = 1, Placement = new Placement.Single(2) },
            new() { Name = "silent:", Prefix = "silent:"u8.ToArray(), Line = 2, Placement = new Placement.Single(3) },
            new() { Name = "user:", Prefix = "user:"u8.ToArray(), Line = 3, Placement = new Placement.Number([new NumberRange(null, "999", 0), new NumberRange("1000", null, 1)]) },
            new() { Name = "rest", Line = 4, Placement = new Placement.Slots([new SlotRange(0, 8191, 0), new SlotRange(8192, 16000, 1), new SlotRange(16001, 16383, ownerOfLast)]) },
        ];
        return new GatewayOptions
        {
            Shards = shards,
            Pools = [new PoolDefinition { Name = "rehearsal", Listen = [here], Map = PartitionMap.Build(rules, [.. shards.Select(shard => shard.Name)]) }],
        };
    }
}
