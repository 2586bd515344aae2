using System.Net;
using System.Text;
using Keyway.Platform;
using Keyway.Platform.Simulation;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Shard.Configuration;
using Keyway.Shard.Keyspace;
using Keyway.Testing.RealServers;
using Microsoft.Extensions.Logging;

namespace Keyway.Shard.Tests.Persistence.Journal;

/// <summary>A shard with a journal on a simulated disk, which can lose its power and start again.</summary>
internal sealed class JournaledShard : IDisposable
{
    public const string Folder = "/data";
    public const string JournalFolder = "/data/appendonlydir";

    private static readonly IPEndPoint Address = new(IPAddress.Loopback, 6379);

    private readonly string[] _options;
    private readonly Func<long> _delayMs;

    public JournaledShard(SimulatedDisk disk, string[] options, Func<long>? delayMs = null)
    {
        Disk = disk;
        _options = ["--dir", Folder, "--appendonly", "yes", "--enable-debug-command", "yes", "--save", "", .. options];
        _delayMs = delayMs ?? (() => 1);
        Start();
    }

    public SimulatedDisk Disk { get; }

    public SimulatedNetwork Network { get; private set; } = null!;

    public ShardServer Server { get; private set; } = null!;

    public ListLogger Log { get; private set; } = null!;

    public bool HasFailedToLoad { get; private set; }

    public SimulatedPeer Connect()
    {
        SimulatedPeer peer = Network.Connect(Address);
        Network.RunUntilIdle();
        return peer;
    }

    /// <summary>As if a replica had come and gone: the history of writes is counted from here on.</summary>
    public void CountHistory()
    {
        Server.History.KeepLog();
        Server.HeedEffects();
    }

    /// <summary>Sends a request; what it is answered comes when the disk has done its part.</summary>
    public static void Send(SimulatedPeer peer, params string[] words) => Assert.NotEqual(0, peer.Send(RespClient.Encode(words)));

    /// <summary>Sends a request that may be longer than the road is wide; what it is answered is passed over.</summary>
    public void Feed(SimulatedPeer peer, params string[] words)
    {
        byte[] rest = RespClient.Encode(words);
        while (rest.Length > 0)
        {
            rest = rest[peer.Send(rest)..];
            Network.RunUntilIdle();
            peer.TakeReceived();
        }
    }

    public void PassMs(int ms) => Network.Advance(TimeSpan.FromMilliseconds(ms));

    /// <summary>Sends a request, and gives the disk time.</summary>
    public string Call(SimulatedPeer peer, params string[] words)
    {
        Send(peer, words);
        PassMs(50);
        return peer.TakeText();
    }

    public string ContentOf(string name)
    {
        using Platform.Disks.DiskFile file = Disk.OpenForReading($"{JournalFolder}/{name}");
        byte[] bytes = new byte[file.Length];
        Assert.Equal(bytes.Length, file.Read(0, bytes));
        return Encoding.Latin1.GetString(bytes);
    }

    public void Write(string name, string content)
    {
        using Platform.Disks.DiskFile file = Disk.Create($"{JournalFolder}/{name}");
        file.Append(Encoding.Latin1.GetBytes(content));
        file.Sync();
        Disk.SyncFolder(JournalFolder);
    }

    /// <summary>What a command answers now, whatever waits for the disk.</summary>
    public string Ask(params string[] words)
    {
        byte[] request = RespClient.Encode(words);
        var reader = new RequestReader();
        Assert.Equal(RequestStatus.Complete, reader.Read(request));
        Arguments arguments = reader.Arguments(request);
        var reply = new ReplyBuffer(new BufferPool(1024 * 1024));
        Server.Dispatcher.Run(ClientSession.ForStream(Server), CommandTable.Resolve(arguments)!, arguments, reply);
        byte[] text = new byte[reply.Length];
        reply.CopyTo(text);
        return Encoding.Latin1.GetString(text);
    }

    /// <summary>The machine loses its power, and the server starts again with what the disk still has.</summary>
    public void CrashAndRestart(params string[] moreOptions)
    {
        Disk.Fault = null;
        Disk.Crash();
        Start(moreOptions);
    }

    /// <summary>The process is killed: what was written is there, synced or not.</summary>
    public void KillAndRestart(params string[] moreOptions)
    {
        Disk.Fault = null;
        Start(moreOptions);
    }

    public void Dispose() => Server.Stop();

    private void Start(params string[] moreOptions)
    {
        Network = new SimulatedNetwork(seed: 1);
        Network.Time.SetUtcNow(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        EventLoop loop = Network.CreateLoop();
        Log = new ListLogger();
        Server = new ShardServer(loop, ShardOptions.FromCommandLine([.. _options, .. moreOptions]), Log, onShutdown: null, new KeyHash(1, 2), seed: 3)
        {
            Disk = Disk,
            DiskWorkers = _ => new SimulatedDiskWorker(loop, _delayMs),
            OnLoadFailed = () => HasFailedToLoad = true,
        };
        HasFailedToLoad = false;
        Server.Load();
        Server.Listen(Address);
        PassMs(200);
    }

    /// <summary>Remembers what was logged.</summary>
    internal sealed class ListLogger : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
