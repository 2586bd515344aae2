using System.Net;
using System.Text;
using Keyway.Platform;
using Keyway.Platform.Simulation;
using Keyway.Shard.Configuration;
using Keyway.Shard.Keyspace;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests;

/// <summary>A shard on a simulated network: no sockets, no threads, no clock but the test's.</summary>
internal sealed class TestShard : IDisposable
{
    private static readonly IPEndPoint Address = new(IPAddress.Loopback, 6379);

    public TestShard(params string[] options)
        : this(new SimulatedDisk(seed: 1), loads: false, options)
    {
    }

    /// <summary>Begins with what its files on this disk hold.</summary>
    public TestShard(SimulatedDisk disk, params string[] options)
        : this(disk, loads: true, options)
    {
    }

    private TestShard(SimulatedDisk disk, bool loads, string[] options)
    {
        Disk = disk;
        Network = new SimulatedNetwork(seed: 1);
        Network.Time.SetUtcNow(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        EventLoop loop = Network.CreateLoop();
        Server = new ShardServer(loop, ShardOptions.FromCommandLine(options), Log, () => ShutdownsAsked++, new KeyHash(1, 2), seed: 3)
        {
            Disk = Disk,
            DiskWorkers = _ => new SimulatedDiskWorker(loop, () => 1),
        };
        if (loads) Server.Load();
        if (!Server.IsStopped) Server.Listen(Address);
    }

    public SimulatedNetwork Network { get; }

    public ShardServer Server { get; }

    public SimulatedDisk Disk { get; }

    public ListLogger Log { get; } = new();

    public int ShutdownsAsked { get; private set; }

    public SimulatedPeer Connect()
    {
        SimulatedPeer peer = Network.Connect(Address);
        Network.RunUntilIdle();
        return peer;
    }

    /// <summary>Sends raw bytes and returns all that comes back.</summary>
    public string Send(SimulatedPeer peer, string bytes)
    {
        // The road may be narrower than what is sent.
        byte[] rest = Encoding.Latin1.GetBytes(bytes);
        while (rest.Length > 0)
        {
            int sent = peer.Send(rest);
            Network.RunUntilIdle();
            if (sent == 0) break;
            rest = rest[sent..];
        }

        Network.RunUntilIdle();
        return peer.TakeText();
    }

    /// <summary>One request, its words separated by blanks.</summary>
    public string Call(SimulatedPeer peer, string request) => Send(peer, Encode(request));

    public static string Encode(string request) => Encoding.Latin1.GetString(RespClient.Encode(request.Split(' ')));

    public void Dispose() => Server.Stop();
}
