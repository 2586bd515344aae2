using Keyway.Sentinel.Core;
using Keyway.Sentinel.Scripts;

namespace Keyway.Sentinel.Configuration;

/// <summary>One master while the lines about it are read.</summary>
internal sealed class MasterStatements(string name, ServerAddress address, int quorum)
{
    private readonly Dictionary<string, string> _renames = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ServerAddress> _replicas = [];
    private readonly List<SavedPeer> _sentinels = [];
    private int? _downAfterMs;
    private int? _failoverTimeoutMs;
    private int _parallelSyncs = SentinelConstants.DefaultParallelSyncs;
    private int _rebootDownAfterMs;
    private string? _authUser, _authPassword, _notificationScript, _clientReconfigScript;

    public long ConfigEpoch { get; set; }

    public long LeaderEpoch { get; set; }

    /// <summary>Whether there is such a statement with so many values, the master's name among them.</summary>
    public static bool Takes(string name, int count) => name switch
    {
        "down-after-milliseconds" or "failover-timeout" or "parallel-syncs" or "notification-script" or "client-reconfig-script" or "auth-pass" or "auth-user"
            or "master-reboot-down-after-period" or "config-epoch" or "leader-epoch" => count == 2,
        "known-slave" or "known-replica" or "rename-command" => count == 3,
        "known-sentinel" => count is 3 or 4,
        _ => false,
    };

    /// <returns>The error, or null.</returns>
    public string? Read(string name, string[] values)
    {
        const string NotPositive = "negative or zero time parameter.";
        string value = values[1];
        switch (name)
        {
            case "down-after-milliseconds":
                _downAfterMs = SentinelStatements.Number(value);
                return _downAfterMs > 0 ? null : NotPositive;
            case "failover-timeout":
                _failoverTimeoutMs = SentinelStatements.Number(value);
                return _failoverTimeoutMs > 0 ? null : NotPositive;
            case "parallel-syncs":
                _parallelSyncs = SentinelStatements.Number(value);
                return null;
            case "master-reboot-down-after-period":
                _rebootDownAfterMs = SentinelStatements.Number(value);
                return _rebootDownAfterMs >= 0 ? null : "negative time parameter.";
            case "notification-script":
                _notificationScript = value;
                return ScriptFile.IsExecutable(value) ? null : "Notification script seems non existing or non executable.";
            case "client-reconfig-script":
                _clientReconfigScript = value;
                return ScriptFile.IsExecutable(value) ? null : "Client reconfiguration script seems non existing or non executable.";
            case "auth-user":
                _authUser = value;
                return null;
            case "auth-pass":
                _authPassword = value;
                return null;
            default:
                return _renames.TryAdd(value, values[2]) ? null : "Same command renamed multiple times with rename-command.";
        }
    }

    public bool TryAddReplica(ServerAddress replica)
    {
        if (_replicas.Exists(known => known.Name == replica.Name)) return false;
        _replicas.Add(replica);
        return true;
    }

    public bool TryAddSentinel(SavedPeer sentinel)
    {
        if (_sentinels.Exists(known => known.Id == sentinel.Id)) return false;
        _sentinels.Add(sentinel);
        return true;
    }

    public SavedMaster ToSaved() => new(name, address, quorum)
    {
        DownAfterMs = _downAfterMs,
        FailoverTimeoutMs = _failoverTimeoutMs,
        ParallelSyncs = _parallelSyncs,
        RebootDownAfterMs = _rebootDownAfterMs,
        AuthUser = _authUser,
        AuthPassword = _authPassword,
        NotificationScript = _notificationScript,
        ClientReconfigScript = _clientReconfigScript,
        RenamedCommands = _renames,
        ConfigEpoch = ConfigEpoch,
        LeaderEpoch = LeaderEpoch,
        Replicas = _replicas,
        Sentinels = _sentinels,
    };
}
