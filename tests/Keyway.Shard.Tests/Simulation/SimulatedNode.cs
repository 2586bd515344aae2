using System.Net;
using Keyway.Platform.Simulation;
using Keyway.Shard.Configuration;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Digests;
using Keyway.Shard.Replication;
using Keyway.Testing.RealServers;
using Microsoft.Extensions.Logging;

namespace Keyway.Shard.Tests.Simulation;

/// <summary>A server of the simulation, with its disk, which outlives it, and a client that gives it orders.</summary>
internal sealed class SimulatedNode
{
    private readonly SimulatedNetwork _network;
    private readonly Random _random;
    private readonly string[] _options;
    private readonly ILogger _log;
    private readonly SimulatedDisk _disk;
    private readonly OrderQueue _orders;
    private string _historyId = "";
    private long _offset;
    private long _fullSyncs;

    public SimulatedNode(SimulatedNetwork network, int number, Random random, string[] options, ILogger log)
    {
        _network = network;
        _random = random;
        _options = options;
        _log = log;
        _disk = new SimulatedDisk((ulong)random.Next());
        Number = number;
        EndPoint = new IPEndPoint(new IPAddress([10, 0, 0, (byte)number]), 6379);
        _orders = new OrderQueue(network, EndPoint);
        Start();
    }

    public int Number { get; }

    public IPEndPoint EndPoint { get; }

    public ShardServer Server { get; private set; } = null!;

    public SimulatedEventLoop Loop { get; private set; } = null!;

    public ReplicationHistory History => Server.History;

    /// <summary>Whom it is to follow; null: nobody.</summary>
    public SimulatedNode? Master { get; private set; }

    public bool IsFrozen { get; set; }

    public bool IsDown { get; set; }

    public int Restarts { get; private set; }

    /// <summary>It does what it was told.</summary>
    public bool IsObedient => Master == null ? !Server.IsReplica : Server.Following.Master is { } master && master.Host == $"{Master.EndPoint.Address}";

    /// <summary>Everything that its master has is here as well.</summary>
    public bool IsLevel => Master == null || (Server.Following.IsUp && History.Id == Master.History.Id && History.Offset == Master.History.Offset);

    public string Digest => ValueDigest.OfAll(Server.Databases).ToString();

    public void Order(string request) => Order(RespClient.Encode(request.Split(' ')));

    public void Order(byte[] requests) => _orders.Add(requests);

    public void Pump() => _orders.Pump();

    public void Follow(SimulatedNode? master)
    {
        Plan(master);
        Obey();
    }

    /// <summary>It is decided whom it follows; it has yet to hear of it.</summary>
    public void Plan(SimulatedNode? master) => Master = master;

    public void Obey() => Order(Master == null ? "REPLICAOF NO ONE" : $"REPLICAOF {Master.EndPoint.Address} {Master.EndPoint.Port}");

    public bool Follows(SimulatedNode other)
    {
        for (SimulatedNode? node = this; node != null; node = node.Master)
        {
            if (node == other) return true;
        }

        return false;
    }

    /// <summary>The process ends, without a word or having saved its data, and another one finds what is on the disk.</summary>
    public void Restart(bool inOrder)
    {
        if (inOrder && !Server.Loading.IsOn && !Server.Loading.IsAsync) Server.Saves.TrySave();
        Stop();
        if (!inOrder) _disk.Crash();
        Restarts++;
        Start();
    }

    public void Stop()
    {
        _orders.Disconnect();
        Loop.Dispose();
        Server.Stop();
    }

    /// <summary>A history has one direction. Only who takes all data anew may find himself before where he was.</summary>
    public void CheckOffset()
    {
        if (History.Id == _historyId && Server.Following.FullSyncs == _fullSyncs && History.Offset < _offset)
            throw new SimulationFailure($"node {Number} went back from {_offset} to {History.Offset} in history {_historyId}");
        NoteOffset();
    }

    public override string ToString() =>
        $"node {Number} ({(Server.IsReplica ? $"replica of {Server.Following.Master!.Host}, {Server.Following.State}" : "master")}) {History.Id[..6]}:{History.Offset} "
        + $"before {History.FormerId[..6]}:{History.FormerEnd}, {Server.Databases.TotalKeys} keys, {Restarts} restarts{(IsFrozen ? ", frozen" : "")}{(IsDown ? ", down" : "")}";

    private void Start()
    {
        Loop = _network.CreateLoop();
        SimulatedEventLoop loop = Loop;
        string[] following = Master == null ? [] : ["--replicaof", $"{Master.EndPoint.Address} {Master.EndPoint.Port}"];
        Server = new ShardServer(loop, ShardOptions.FromCommandLine([.. _options, .. following]), _log, onShutdown: null, new KeyHash(1, 2), seed: (ulong)_random.Next())
        {
            Disk = _disk,
            DiskWorkers = _ => new SimulatedDiskWorker(loop, () => _random.Next(4)),
            OnLoadFailed = () => throw new SimulationFailure($"node {Number} cannot load what it has saved"),
        };
        loop.Unhandled = error => throw new SimulationFailure($"node {Number}: {error}", error);
        Server.Load();
        Server.Listen(EndPoint);
        NoteOffset();
    }

    private void NoteOffset() => (_historyId, _offset, _fullSyncs) = (History.Id, History.Offset, Server.Following.FullSyncs);
}
