using System.Text;

namespace Keyway.Shard.Configuration;

/// <summary>The directives of a running server: what CONFIG GET shows and CONFIG SET changes, with those that the server reads often as plain fields.</summary>
internal sealed class Settings
{
    private readonly Dictionary<string, string> _values;

    public Settings(ShardOptions options)
    {
        _values = new Dictionary<string, string>(options.Values);
        Refresh();
    }

    public int Databases { get; private set; }

    public int Port { get; private set; }

    public long MaxClients { get; private set; }

    public int IdleTimeoutSeconds { get; private set; }

    public byte[] Password { get; private set; } = [];

    public bool ProtectedMode { get; private set; }

    public string DebugCommand { get; private set; } = "no";

    public string ModuleCommand { get; private set; } = "no";

    public int Hz { get; private set; }

    public long MaxMemory { get; private set; }

    public string MaxMemoryPolicy { get; private set; } = "";

    public bool CountsFrequency => MaxMemoryPolicy.EndsWith("-lfu", StringComparison.Ordinal);

    public int LfuLogFactor { get; private set; }

    public int LfuDecayMinutes { get; private set; }

    public bool LazyExpire { get; private set; }

    public bool LazyUserDelete { get; private set; }

    public bool LazyUserFlush { get; private set; }

    public long ProtoMaxBulkLength { get; private set; }

    public long QueryBufferLimit { get; private set; }

    public string this[Directive directive] => _values[directive.Name];

    /// <summary>Checks a new value; <see cref="Set"/> then makes it hold.</summary>
    public string? TryNormalize(Directive directive, string text, out string value)
    {
        // One argument of CONFIG SET may hold several words where a file's line would.
        string before = directive.Kind == DirectiveKind.SavePoints ? "" : _values[directive.Name];
        return DirectiveValue.TryNormalize(directive, [text], before, out value);
    }

    public void Set(Directive directive, string value) => _values[directive.Name] = value;

    /// <summary>Reads the fields from the values; call after <see cref="Set"/>.</summary>
    public void Refresh()
    {
        Databases = (int)Number("databases");
        Port = (int)Number("port");
        MaxClients = Number("maxclients");
        IdleTimeoutSeconds = (int)Number("timeout");
        Password = Encoding.UTF8.GetBytes(_values["requirepass"]);
        ProtectedMode = IsYes("protected-mode");
        DebugCommand = _values["enable-debug-command"];
        ModuleCommand = _values["enable-module-command"];
        Hz = (int)Math.Clamp(Number("hz"), 1, 500);
        MaxMemory = Number("maxmemory");
        MaxMemoryPolicy = _values["maxmemory-policy"];
        LfuLogFactor = (int)Number("lfu-log-factor");
        LfuDecayMinutes = (int)Number("lfu-decay-time");
        LazyExpire = IsYes("lazyfree-lazy-expire");
        LazyUserDelete = IsYes("lazyfree-lazy-user-del");
        LazyUserFlush = IsYes("lazyfree-lazy-user-flush");
        ProtoMaxBulkLength = Number("proto-max-bulk-len");
        QueryBufferLimit = Number("client-query-buffer-limit");
    }

    private long Number(string name) => long.Parse(_values[name]);

    private bool IsYes(string name) => _values[name] == "yes";
}
