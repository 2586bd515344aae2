using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Snapshots;
using Keyway.Shard.Persistence.Journal;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Persistence;

/// <summary>
/// Takes snapshots, one at a time: an image of all databases at the instant of <see cref="Start"/>, written in slices between the loop's other work. Whoever
/// must do something at the very same instant (switch a file, note an offset) does it in the same turn, with no command between.
/// </summary>
internal sealed class Snapshots(ShardServer server)
{
    // A client that comes during a slice waits for its end: no longer than a round trip takes.
    private const int SliceMicroseconds = 150;
    private const int RestMs = 1;
    private const int StepBytes = 2 * 1024;
    private const int StepsPerSlice = 32;          // by whatever clock, so that a simulated one, which stands still, ends a slice too

    private Snapshot? _snapshot;
    private Sink? _sink;
    private RdbFileWriter? _writer;              // this one
    private CommandBaseWriter? _commands;        // or that one
    private ISnapshotTarget? _target;
    private long _startedMs;
    private long _readsSeen;
    private KeyDelay _delay;
    private bool _isSliceDue;
    private bool _isPaused;

    /// <summary>From the start until another may be started: also for a moment after one has been given up.</summary>
    public bool IsRunning => _snapshot != null;

    /// <summary>Of the snapshot that is being taken, or wound up.</summary>
    public SnapshotPurpose Purpose { get; private set; }

    /// <summary>Entries that are in the running snapshot.</summary>
    public long WrittenKeys => _snapshot?.Written ?? 0;

    /// <summary>Entries that the running snapshot will have.</summary>
    public long TotalKeys => _snapshot?.Total ?? 0;

    /// <summary>Bytes that the running snapshot keeps in memory, beside those that the target keeps.</summary>
    public long WaitingBytes => _writer?.WaitingBytes ?? _commands?.WaitingBytes ?? 0;

    public long ElapsedMs => IsRunning ? server.Loop.NowMs - _startedMs : 0;

    /// <summary>How many were ever started.</summary>
    public long Started { get; private set; }

    // An entry a slice then: several would be waited for at once.
    private bool IsDelayed => server.Settings.KeySaveDelay != 0 && _snapshot is { IsGivenUp: false };

    /// <summary>Called whenever another snapshot may be started, because one has ended.</summary>
    public Action? Ended { get; set; }

    /// <summary>Fixes the instant, and begins to write. None may be running.</summary>
    public void Start(ISnapshotTarget target, SnapshotOptions options)
    {
        if (IsRunning) throw new InvalidOperationException("A snapshot is being taken.");

        Databases databases = server.Databases;
        Started++;
        Purpose = options.Purpose;
        _startedMs = server.Loop.NowMs;
        _target = target;
        _isPaused = false;
        _delay = default;
        _sink = new Sink(target);
        if (options.AsCommands)
        {
            _commands = new CommandBaseWriter(server, _sink, () => target.IsFull);
            _snapshot = databases.BeginSnapshot(_commands);
            _commands.Begin();
        }
        else
        {
            _writer = new RdbFileWriter(databases, FileOptions(server, options), _sink, () => target.IsFull);
            _snapshot = databases.BeginSnapshot(_writer);
            _writer.Begin();
        }

        GoOn();
    }

    /// <summary>The target has room again.</summary>
    public void Resume()
    {
        if (!_isPaused) return;
        _isPaused = false;
        GoOn();
    }

    /// <summary>Gives the snapshot up; its target is told why.</summary>
    public void Abandon(string reason)
    {
        if (_snapshot == null || _snapshot.IsGivenUp) return;

        // The walk goes on without writing, so that all entries bear one mark.
        _snapshot.GiveUp();
        _sink!.Close();
        _target!.Failed(reason);
        Resume();
    }

    /// <summary>The server ends.</summary>
    public void Stop()
    {
        Abandon("the server stops");
        _isSliceDue = false;
        _snapshot = null;
    }

    /// <summary>Writes an image of this instant in one go: nobody is served meanwhile. Also while a snapshot is being taken.</summary>
    public static unsafe void WriteAtOnce(ShardServer server, IRdbSink sink, SnapshotOptions options)
    {
        var writer = new RdbFileWriter(server.Databases, FileOptions(server, options), sink, isFull: null);
        writer.Begin();
        for (int i = 0; i < server.Databases.Count; i++)
        {
            Database database = server.Databases[i];
            if (database.Count == 0) continue;
            writer.BeginDatabase(i, database.Count, database.VolatileCount);
            for (BlockWalk<EntryBlock> walk = database.Walk(); walk.MoveNext();) writer.Write(i, new Entry(walk.Current));
        }

        writer.Complete();
    }

    /// <summary>A whole file without a key in it, for who wants only the libraries of functions, or to see that it gets one.</summary>
    public static void WriteWithoutData(ShardServer server, ISnapshotTarget target, SnapshotOptions options, bool withFunctions)
    {
        RdbFileOptions file = FileOptions(server, options);
        var writer = new RdbFileWriter(server.Databases, withFunctions ? file : file with { Functions = [] }, new Sink(target), isFull: null);
        writer.Begin();
        writer.Complete();
        target.Completed();
    }

    private static RdbFileOptions FileOptions(ShardServer server, SnapshotOptions options) => new()
    {
        CreatedSeconds = server.Loop.Time.GetUtcNow().ToUnixTimeSeconds(),
        UsedMemory = server.UsedMemory,
        Replication = options.IsAofBase ? null : options.Replication,
        IsAofBase = options.IsAofBase,
        Functions = server.Functions.Sources,
        Packs = server.Settings.RdbCompression,
        WithChecksum = options.WithChecksum && server.Settings.RdbChecksum,
        WritesIdle = server.Settings.MaxMemoryPolicy.EndsWith("-lru", StringComparison.Ordinal),
        WritesFrequency = server.Settings.CountsFrequency,
    };

    private void GoOn()
    {
        if (_isSliceDue) return;
        _isSliceDue = true;
        server.Loop.Post(TakeSlice);
    }

    private void TakeSlice()
    {
        _isSliceDue = false;
        if (_snapshot == null || server.IsStopped) return;

        long until = server.Loop.Time.GetTimestamp() + (server.Loop.Time.TimestampFrequency * SliceMicroseconds / 1_000_000);
        for (int step = 0; step < StepsPerSlice; step++)
        {
            if (!_snapshot.Walk(IsDelayed ? 1 : StepBytes))
            {
                End();
                return;
            }

            _isPaused = !_snapshot.IsGivenUp && _target!.IsFull;
            if (_isPaused) return;
            if (IsDelayed || server.Loop.Time.GetTimestamp() >= until) break;
        }

        // As long as clients are busy they have most of the loop, and of the machine: the disk can wait.
        long reads = server.Statistics.Reads;
        bool isBusy = reads != _readsSeen;
        _readsSeen = reads;
        long delayMs = IsDelayed ? _delay.MsAfter(WrittenKeys, server.Settings.KeySaveDelay) : 0;
        if (isBusy || delayMs > 0) GoOnLater(Math.Max(RestMs, delayMs));
        else GoOn();
    }

    private void GoOnLater(long ms)
    {
        if (_isSliceDue) return;
        _isSliceDue = true;
        server.Loop.Schedule(ms, TakeSlice);
    }

    private void End()
    {
        bool isWhole = !_snapshot!.IsGivenUp;
        ISnapshotTarget target = _target!;
        _snapshot = null;
        _writer = null;
        _commands = null;
        _target = null;
        _sink = null;

        // Tables that were flushed meanwhile were kept for the walk.
        if (server.Databases.HasPendingReleases) server.ReleaseSoon();
        if (isWhole) target.Completed();
        if (!IsRunning) Ended?.Invoke();
    }

    /// <summary>What lies between the writer and a target that may have failed meanwhile.</summary>
    private sealed class Sink(ISnapshotTarget target) : IRdbSink
    {
        private bool _isClosed;

        public void Close() => _isClosed = true;

        public void Write(ReadOnlySpan<byte> bytes)
        {
            if (!_isClosed) target.Write(bytes);
        }
    }
}
