using Keyway.Configuration;
using Keyway.Platform;
using Keyway.State;
using Keyway.Verbs;
using Microsoft.Extensions.Logging;

namespace Keyway.Hosting.Local;

/// <summary>
/// The servers of one `local` shard, each a process of its own: does what <see cref="LocalShardLife"/> decides. All of it runs on the supervision's loop,
/// on which nobody waits for replies: it may touch the disk. What waits for a server runs on a thread of its own.
/// </summary>
internal sealed class LocalShard
{
    private const int LookMs = 250;

    private readonly EventLoop _loop;
    private readonly ShardFolders _folders;
    private readonly ILogger _log;
    private readonly Action<LocalShard> _switched;
    private readonly LocalShardLife _life;
    private readonly Dictionary<int, ServerFolder> _places;
    private readonly Dictionary<int, ServerProcess> _processes = [];
    private readonly Dictionary<int, string> _lastWords = [];
    private readonly HashSet<int> _synced = [];          // replicas that have had their master's data since their start
    private readonly HashSet<int> _asked = [];           // of these, whoever is being asked
    private readonly LocalSentinel _sentinel;
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LoopTimer? _timer;
    private LoopTimer? _look;
    private bool _isStopping;
    private bool _hasServed;

    /// <param name="sentinel">Watches it for servers that hang.</param>
    /// <param name="switched">Hears, on the loop's thread, when another server is the master.</param>
    /// <exception cref="StateException">A folder cannot be used, or no server that the map names can be the master.</exception>
    public LocalShard(ShardConfig config, ShardFolders folders, EventLoop loop, LocalSentinel sentinel, ILogger log, Action<LocalShard> switched)
    {
        Config = config;
        _folders = folders;
        _loop = loop;
        _log = log;
        _switched = switched;
        _sentinel = sentinel;
        int[] ports = [.. ((ShardKind.Local)config.Kind).Ports];
        _places = ports.ToDictionary(port => port, Place);
        _life = new LocalShardLife(ports, Choose());
    }

    public ShardConfig Config { get; }

    /// <summary>Its master's port.</summary>
    public int Master => _life.Master;

    /// <summary>Which master that is, counted since the start.</summary>
    public long Epoch => _life.Epoch;

    /// <summary>Done when its master has its data; fails with an <see cref="IOException"/> when it cannot have it.</summary>
    public Task Loaded => _loaded.Task;

    /// <summary>Done when it was stopped and no process is left.</summary>
    public Task Ended => _ended.Task;

    private string? Password => IncludedConf.Password(Config);

    /// <summary>Starts its servers. On the loop's thread, or before that runs.</summary>
    public void Begin()
    {
        Act(_life.Tick);
        _look = _loop.Every(LookMs, LookAtReplicas);
    }

    /// <summary>The end is near: whoever ends from now on is neither started again nor replaced.</summary>
    public void Hold()
    {
        _life.Stop();
        _timer?.Cancel();
        _look?.Cancel();
        _sentinel.Unwatch(Config.Name);
    }

    /// <summary>The master ends first: it lets its replicas have all it has.</summary>
    public void Stop()
    {
        _isStopping = true;
        Hold();
        if (_processes.TryGetValue(_life.Master, out ServerProcess? master)) master.EndSoon();
        else EndAll();
    }

    /// <summary>What has not ended by now is ended.</summary>
    public void Kill()
    {
        foreach ((int port, ServerProcess process) in _processes)
        {
            LocalLog.Killed(_log, Config.Name, port);
            process.Kill();
        }
    }

    /// <summary>A sentinel has made another server the master.</summary>
    public void OnSwitched(int master)
    {
        // What it did before it was told of a death is found out by whoever saw that.
        if (!_isStopping && !_life.IsFailingOver && _places.ContainsKey(master)) SwitchTo(master, isWatched: true);
    }

    private ServerFolder Place(int port) => new(Config, port, _folders.PathOf(Config.Name, port));

    private int Choose()
    {
        // Also of those that the map names no more: one of them may have been the master.
        IEnumerable<ServerFolder> others = _folders.Of(Config.Name).Select(ShardFolders.PortOf).Where(port => !_places.ContainsKey(port)).Select(Place);
        FolderFacts[] facts = [.. _places.Values.Concat(others).Select(folder => folder.Facts())];
        RoleDecision decision = RoleChoice.Choose(facts, _folders.NotedMaster(Config.Name));
        if (decision.Refusal.Length > 0) throw new StateException($"shard '{Config.Name}': {decision.Refusal}");
        if (decision.Note.Length > 0) LocalLog.OtherMaster(_log, Config.Name, decision.Master, decision.Note);
        return decision.Master;
    }

    private void Act(Action<long, List<LocalAction>> decide)
    {
        var actions = new List<LocalAction>();
        decide(_loop.NowMs, actions);
        foreach (LocalAction action in actions)
        {
            switch (action.Kind)
            {
                case LocalActionKind.Start:
                    Start(action.Port);
                    break;
                case LocalActionKind.Replace:
                    Replace(action.Port);
                    break;
                default:
                    TellWhomToFollow(action.Port);
                    break;
            }
        }

        _timer?.Cancel();
        _timer = _life.NextMs is { } next ? _loop.Schedule(Math.Max(0, next - _loop.NowMs), () => Act(_life.Tick)) : null;
    }

    private void Start(int port)
    {
        try
        {
            if (port == _life.Master && _hasServed)
            {
                ChooseAgain();
                if (WouldEmptyOthers(port)) throw new StateException("its folder holds nothing, and those of its replicas do; asking them to take its place");
            }

            bool isMaster = port == _life.Master;
            ServerFolder place = _places[port];
            place.WriteConf(isMaster ? null : _life.Master);
            if (isMaster) _folders.NoteMaster(Config.Name, port);
            ServerProcess process = ServerProcess.Start(
                place.ConfPath,
                line => _loop.Post(() => OnSaid(port, line)),
                line => _loop.Post(() => OnComplained(port, line)),
                code => _loop.Post(() => OnExited(port, code)));
            _processes.Add(port, process);
            LocalLog.Started(_log, Config.Name, port, isMaster ? "master" : "replica", process.Id, place.LogPath);
        }
        catch (Exception failed) when (failed is IOException or StateException)
        {
            LocalLog.NotStarted(_log, Config.Name, port, failed.Message);
            if (port == _life.Master) FailToLoad(failed.Message);
            _loop.Post(() => Act((now, actions) => _life.OnExited(port, now, actions)));
        }
    }

    // While nobody else runs, what the folders hold may have changed since the last choice: a disk that was exchanged must not empty the others.
    private void ChooseAgain()
    {
        if (_processes.Count > 0) return;
        int best = Choose();
        if (best != _life.Master) SwitchTo(best);
    }

    private bool WouldEmptyOthers(int port) => _processes.Count > 0 && !_places[port].Facts().HoldsData && _processes.Keys.Any(other => _places[other].Facts().HoldsData);

    private void OnSaid(int port, string line)
    {
        if (_isStopping || !_processes.ContainsKey(port)) return;
        if (line == AttachedShard.Listening) Act((now, actions) => _life.OnListening(port, now, actions));
        if (line != AttachedShard.Serving) return;

        Act((now, actions) => _life.OnServing(port, now, actions));
        if (port != _life.Master) return;
        _hasServed = true;
        Watch();
        _loaded.TrySetResult();
    }

    private void Watch()
    {
        int[] replicas = [.. _places.Keys.Where(port => port != _life.Master)];
        if (replicas.Length > 0 && _life.IsServing(_life.Master)) _sentinel.Watch(Config.Name, _life.Master, replicas, Password);
    }

    // Which of the replicas has its master's data, its master knows only by then.
    private void LookAtReplicas()
    {
        string? password = Password;
        foreach (int port in _life.ServingReplicas)
        {
            if (_synced.Contains(port) || !_asked.Add(port)) continue;
            ServerProcess process = _processes[port];
            string priority = _places[port].Priority;
            Beside(() =>
            {
                bool hasData = LocalOrders.OffsetOf(port, password) is not null && LocalOrders.SetPriority(port, priority, password) is null;
                _loop.Post(() =>
                {
                    _asked.Remove(port);
                    if (hasData && _processes.GetValueOrDefault(port) == process && _synced.Add(port)) LocalLog.Synced(_log, Config.Name, port);
                });
            });
        }
    }

    private void OnComplained(int port, string line)
    {
        _lastWords[port] = line;
        LocalLog.Complained(_log, Config.Name, port, line);
    }

    private void OnExited(int port, int code)
    {
        if (_processes.Remove(port, out ServerProcess? process)) process.Dispose();
        _synced.Remove(port);
        if (_isStopping)
        {
            if (port == _life.Master) EndAll();
            if (_processes.Count == 0) _ended.TrySetResult();
            return;
        }

        if (_life.IsStopping) return;
        LocalLog.Ended(_log, Config.Name, port, code);

        // Its death is seen here: two that replace it might choose differently.
        if (port == _life.Master) _sentinel.Unwatch(Config.Name);
        if (port == _life.Master && !_hasServed) FailToLoad(_lastWords.GetValueOrDefault(port) ?? $"its server at port {port} has ended with code {code}; see {_places[port].LogPath}");
        Act((now, actions) => _life.OnExited(port, now, actions));
    }

    private void FailToLoad(string reason) => _loaded.TrySetException(new IOException($"shard '{Config.Name}': {reason}"));

    private void EndAll()
    {
        foreach (ServerProcess process in _processes.Values) process.EndSoon();
        if (_processes.Count == 0) _ended.TrySetResult();
    }

    /// <summary>The replica that has come furthest takes the place of a master that is gone.</summary>
    private void Replace(int master)
    {
        int[] candidates = [.. _life.ServingReplicas];
        bool isEmptied = !_places[master].Facts().HoldsData;
        string? password = Password;
        Beside(() =>
        {
            string reason = "none has its data";
            foreach ((int port, _) in candidates.Select(port => (port, Offset: LocalOrders.OffsetOf(port, password, takesOld: isEmptied))).Where(entry => entry.Offset is not null).OrderByDescending(entry => entry.Offset))
            {
                if (LocalOrders.Promote(port, password) is { } refusal)
                {
                    reason = refusal;
                    continue;
                }

                _loop.Post(() => SwitchTo(port));
                return;
            }

            _loop.Post(() =>
            {
                if (!_life.IsFailingOver) return;
                LocalLog.NoSuccessor(_log, Config.Name, master, reason);
                Act(_life.OnNoSuccessor);
            });
        });
    }

    /// <param name="isWatched">Those who watch know it already.</param>
    private void SwitchTo(int master, bool isWatched = false)
    {
        int before = _life.Master;
        if (before == master)
        {
            Act((now, actions) => _life.OnSwitched(master, now, actions));
            return;
        }

        // Written down first for all: a crash from here on must leave one master, also where the old one hangs and cannot write so itself.
        Note(master);
        LocalLog.Switched(_log, Config.Name, master, before);
        Act((now, actions) => _life.OnSwitched(master, now, actions));
        if (!isWatched) Watch();
        _switched(this);
    }

    private void Note(int master)
    {
        try
        {
            foreach ((int port, ServerFolder place) in _places)
            {
                if (port != master) place.WriteConf(master);
                else if (!_processes.ContainsKey(port)) place.WriteConf(null);
            }

            _folders.NoteMaster(Config.Name, master);
        }
        catch (StateException failed)
        {
            LocalLog.NotNoted(_log, Config.Name, failed.Message);
        }
    }

    private void TellWhomToFollow(int port)
    {
        int master = _life.Master;
        string? password = Password;
        Beside(() =>
        {
            if (LocalOrders.Follow(port, master, password) is { } refusal) LocalLog.NotTold(_log, Config.Name, port, refusal);
        });
    }

    private static void Beside(Action work) => new Thread(() => work()) { IsBackground = true, Name = "keyway-orders" }.Start();
}
