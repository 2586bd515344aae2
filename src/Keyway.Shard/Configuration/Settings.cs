using System.Globalization;
using Keyway.Protocol.Configuration;
using Keyway.Shard.Limits;

namespace Keyway.Shard.Configuration;

/// <summary>The directives of a running server: what CONFIG GET shows and CONFIG SET changes, with those that the server reads often as plain fields.</summary>
internal sealed partial class Settings
{
    public const string NoDefragmentation =
        "Active defragmentation cannot be enabled: it requires a Redis server compiled with a modified Jemalloc like the one shipped by default with the Redis source distribution";

    public const int FastestHz = 500;
    private const int SmallestBacklog = 16 * 1024;

    private static readonly string[] TitleFields = ["title", "listen-addr", "server-mode", "port", "tls-port", "unixsocket", "config-file"];

    private readonly Dictionary<string, string> _values;

    public Settings(ShardOptions options)
    {
        _values = new Dictionary<string, string>(options.Values);
        _values["dir"] = ByteText.Of(Path.GetFullPath(options.Folder));
        Refresh();
    }

    public int Databases { get; private set; }

    public int Port { get; private set; }

    public string Bind => _values["bind"];

    public long MaxClients { get; private set; }

    public int IdleTimeoutSeconds { get; private set; }

    public int KeepAliveSeconds { get; private set; }

    public byte[] Password { get; private set; } = [];

    public bool ProtectedMode { get; private set; }

    public string LogLevel => _values["loglevel"];

    public string DebugCommand { get; private set; } = "no";

    public string ModuleCommand { get; private set; } = "no";

    public string ProtectedConfigs { get; private set; } = "no";

    public int Hz { get; private set; }

    public bool DynamicHz { get; private set; }

    public int ActiveExpireEffort { get; private set; }

    public long MaxMemory { get; private set; }

    public string MaxMemoryPolicy { get; private set; } = "";

    public int MaxMemorySamples { get; private set; }

    public int EvictionTenacity { get; private set; }

    public bool CountsFrequency => MaxMemoryPolicy.EndsWith("-lfu", StringComparison.Ordinal);

    public int LfuLogFactor { get; private set; }

    public int LfuDecayMinutes { get; private set; }

    public bool LazyExpire { get; private set; }

    public bool LazyEviction { get; private set; }

    public bool LazyServerDelete { get; private set; }

    /// <summary>Whether strings are packed in dumps and files.</summary>
    public bool RdbCompression { get; private set; }

    /// <summary>Whether files end with a checksum, and what they end with is looked at.</summary>
    public bool RdbChecksum { get; private set; }

    public bool LazyUserDelete { get; private set; }

    public bool LazyUserFlush { get; private set; }

    /// <summary>Where files are: absolute.</summary>
    public string Folder => ByteText.ToText(_values["dir"]);

    public string RdbFileName => ByteText.ToText(_values["dbfilename"]);

    /// <summary>The file is written when so many seconds have passed and there were so many changes.</summary>
    public (long Seconds, long Changes)[] SavePoints { get; private set; } = [];

    public bool StopsWritesOnSaveError { get; private set; }

    /// <summary>Whether a file is synced now and then while it is written.</summary>
    public bool SyncsWhileSaving { get; private set; }

    /// <summary>How long replicas are waited for at the end.</summary>
    public int ShutdownTimeoutSeconds { get; private set; }

    /// <summary>What SIGINT asks for: words of SHUTDOWN.</summary>
    public string ActionsOnInterrupt => _values["shutdown-on-sigint"];

    public string ActionsOnTermination => _values["shutdown-on-sigterm"];

    public long ProtoMaxBulkLength { get; private set; }

    public long QueryBufferLimit { get; private set; }

    /// <summary>By type of client.</summary>
    public OutputLimit[] OutputLimits { get; private set; } = [];

    /// <summary>Bytes that all clients may take together; negative: so many percent of maxmemory; 0: no limit.</summary>
    public long MaxMemoryClients { get; private set; }

    /// <summary>Microseconds; negative logs nothing.</summary>
    public long SlowlogThreshold { get; private set; }

    public long SlowlogMaxLength { get; private set; }

    /// <summary>Milliseconds; 0 turns the monitor off.</summary>
    public long LatencyThresholdMs { get; private set; }

    public bool TracksLatency { get; private set; }

    public double[] LatencyPercentiles { get; private set; } = [];

    public long ReplicationBacklogBytes => Number("repl-backlog-size");

    public long HashMaxListpackEntries { get; private set; }

    /// <summary>Bytes that a field or value may have in the small encoding.</summary>
    public long HashMaxListpackValue { get; private set; }

    /// <summary>Positive: elements a node; -1 to -5: 4, 8, 16, 32 or 64 KB a node.</summary>
    public int ListMaxListpackSize { get; private set; }

    public int ListCompressDepth { get; private set; }

    public long SetMaxIntsetEntries { get; private set; }

    public long ZSetMaxListpackEntries { get; private set; }

    /// <summary>Bytes that a member may have in the small encoding.</summary>
    public long ZSetMaxListpackValue { get; private set; }

    public long StreamNodeMaxBytes { get; private set; }

    public long StreamNodeMaxEntries { get; private set; }

    public long HllSparseMaxBytes { get; private set; }

    /// <summary>What a change of a key must be for a message about it to be sent (notify-keyspace-events).</summary>
    public KeyspaceEvents NotifiedEvents { get; private set; }

    public string this[Directive directive] =>
        directive.Kind == DirectiveKind.EventClasses ? EventLetters.Shown(_values[directive.Name]) : _values[directive.Name];

    public bool AllowsProtectedConfigs(bool isLocal) => ProtectedConfigs == "yes" || (ProtectedConfigs == "local" && isLocal);

    /// <summary>Checks a new value; <see cref="Set"/> then makes it hold.</summary>
    public string? TryNormalize(Directive directive, string text, out string value)
    {
        // One argument of CONFIG SET holds the words that a file's line has; of save points it holds all that there are to be.
        string before = directive.Kind == DirectiveKind.SavePoints ? "" : _values[directive.Name];
        string[] arguments = !directive.TakesSeveral ? [text] : text.Length == 0 ? [] : text.Split(' ');
        return DirectiveValue.TryNormalize(directive, arguments, before, out value) ?? WhyImpossible(directive, value);
    }

    public void Set(Directive directive, string value) => _values[directive.Name] = value;

    /// <summary>Reads the fields from the values; call after <see cref="Set"/>.</summary>
    public void Refresh()
    {
        Databases = (int)Number("databases");
        Port = (int)Number("port");
        RefreshTls();
        MaxClients = Number("maxclients");
        IdleTimeoutSeconds = (int)Number("timeout");
        KeepAliveSeconds = (int)Number("tcp-keepalive");
        Password = ByteText.ToBytes(_values["requirepass"]);
        ProtectedMode = IsYes("protected-mode");
        DebugCommand = _values["enable-debug-command"];
        ModuleCommand = _values["enable-module-command"];
        ProtectedConfigs = _values["enable-protected-configs"];
        Hz = (int)Math.Clamp(Number("hz"), 1, FastestHz);
        _values["hz"] = $"{Hz}";
        _values["repl-backlog-size"] = $"{Math.Max(Number("repl-backlog-size"), SmallestBacklog)}";
        DynamicHz = IsYes("dynamic-hz");
        ActiveExpireEffort = (int)Number("active-expire-effort");
        RefreshMemory();
        ProtoMaxBulkLength = Number("proto-max-bulk-len");
        QueryBufferLimit = Number("client-query-buffer-limit");
        OutputLimits = OutputLimit.ParseAll(_values["client-output-buffer-limit"]);
        MaxMemoryClients = _values["maxmemory-clients"] is [.. var percent, '%'] ? -long.Parse(percent, CultureInfo.InvariantCulture) : Number("maxmemory-clients");
        SlowlogThreshold = Number("slowlog-log-slower-than");
        SlowlogMaxLength = Number("slowlog-max-len");
        LatencyThresholdMs = Number("latency-monitor-threshold");
        TracksLatency = IsYes("latency-tracking");
        LatencyPercentiles = [.. Words("latency-tracking-info-percentiles").Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
        NotifiedEvents = EventClasses.Parse(_values["notify-keyspace-events"]);
        RefreshEncodings();
        RefreshPersistence();
        RefreshReplicas();
        RefreshFollowing();
        RefreshJournal();
    }

    private void RefreshPersistence()
    {
        string[] words = Words("save");
        SavePoints = new (long, long)[words.Length / 2];
        for (int i = 0; i < SavePoints.Length; i++)
            SavePoints[i] = (long.Parse(words[i * 2], CultureInfo.InvariantCulture), long.Parse(words[(i * 2) + 1], CultureInfo.InvariantCulture));
        StopsWritesOnSaveError = IsYes("stop-writes-on-bgsave-error");
        SyncsWhileSaving = IsYes("rdb-save-incremental-fsync");
        ShutdownTimeoutSeconds = (int)Number("shutdown-timeout");
    }

    private void RefreshMemory()
    {
        MaxMemory = Number("maxmemory");
        MaxMemoryPolicy = _values["maxmemory-policy"];
        MaxMemorySamples = (int)Number("maxmemory-samples");
        EvictionTenacity = (int)Number("maxmemory-eviction-tenacity");
        LfuLogFactor = (int)Number("lfu-log-factor");
        LfuDecayMinutes = (int)Number("lfu-decay-time");
        LazyExpire = IsYes("lazyfree-lazy-expire");
        LazyEviction = IsYes("lazyfree-lazy-eviction");
        LazyServerDelete = IsYes("lazyfree-lazy-server-del");
        RdbCompression = IsYes("rdbcompression");
        RdbChecksum = IsYes("rdbchecksum");
        LazyUserDelete = IsYes("lazyfree-lazy-user-del");
        LazyUserFlush = IsYes("lazyfree-lazy-user-flush");
    }

    private void RefreshEncodings()
    {
        HashMaxListpackEntries = Number("hash-max-listpack-entries");
        HashMaxListpackValue = Number("hash-max-listpack-value");
        ListMaxListpackSize = (int)Number("list-max-listpack-size");
        ListCompressDepth = (int)Number("list-compress-depth");
        SetMaxIntsetEntries = Number("set-max-intset-entries");
        ZSetMaxListpackEntries = Number("zset-max-listpack-entries");
        ZSetMaxListpackValue = Number("zset-max-listpack-value");
        StreamNodeMaxBytes = Number("stream-node-max-bytes");
        StreamNodeMaxEntries = Number("stream-node-max-entries");
        HllSparseMaxBytes = Number("hll-sparse-max-bytes");
    }

    /// <summary>What a value that reads well cannot be on this server.</summary>
    private static string? WhyImpossible(Directive directive, string value) => directive.Name switch
    {
        "activedefrag" when value == "yes" => NoDefragmentation,
        "dir" when !Directory.Exists(ByteText.ToText(value)) => "No such file or directory",
        "cluster-announce-hostname" when value.Length >= 256 => "Hostnames must be less than 256 characters",
        "cluster-announce-hostname" when !value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.') =>
            "Hostnames may only contain alphanumeric characters, hyphens or dots",
        "proc-title-template" when !IsTitle(value) => "template format is invalid or contains unknown variables",
        "dbfilename" when value.Contains('/', StringComparison.Ordinal) => "dbfilename can't be a path, just a filename",
        _ => null,
    };

    // "{{" is a brace; nothing at all would be no title.
    private static bool IsTitle(string template)
    {
        int at = 0;
        while ((at = template.IndexOf('{', at)) >= 0)
        {
            if (at + 1 < template.Length && template[at + 1] == '{')
            {
                at += 2;
                continue;
            }

            int end = template.IndexOf('}', at);
            if (end < 0 || !TitleFields.Contains(template[(at + 1)..end])) return false;
            at = end;
        }

        return template.Trim(' ').Length > 0;
    }

    private long Number(string name) => (long)Int128.Min(Int128.Parse(_values[name], CultureInfo.InvariantCulture), long.MaxValue);

    private string[] Words(string name) => _values[name].Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private bool IsYes(string name) => _values[name] == "yes";
}
