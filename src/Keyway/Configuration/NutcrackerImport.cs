using System.Globalization;
using System.Text;
using static Keyway.Configuration.OptionType;

namespace Keyway.Configuration;

/// <summary>
/// Turns twemproxy's nutcracker.yml into a map that places every key where nutcracker placed it. Servers keep their lines, since
/// ketama hashes their names and modula counts them in order.
/// </summary>
internal sealed class NutcrackerImport
{
    private static readonly OptionGroup Pool = new("nutcracker pool", "A pool of nutcracker.yml.",
        new Option("listen", Text, ""),
        new Option("hash", Choice, "") { Choices = OptionTable.Hashes },
        new Option("hash_tag", Text, ""),
        new Option("distribution", Choice, "") { Choices = ["ketama", "modula", "random"] },
        new Option("servers", Texts, ""),
        new Option("redis", Flag, ""),
        new Option("redis_auth", Text, ""),
        new Option("redis_db", Integer, ""),
        new Option("timeout", Integer, ""),
        new Option("client_connections", Integer, ""),
        new Option("backlog", Integer, ""),
        new Option("preconnect", Flag, ""),
        new Option("server_connections", Integer, ""),
        new Option("auto_eject_hosts", Flag, ""),
        new Option("server_retry_timeout", Integer, ""),
        new Option("server_failure_limit", Integer, ""),
        new Option("tcpkeepalive", Flag, ""),
        new Option("reuseport", Flag, ""));

    /// <summary>What has no counterpart, and why nothing is missing.</summary>
    private static readonly (string Key, string Why)[] Different =
    [
        ("backlog", "Keyway uses the system's longest queue"),
        ("preconnect", "Keyway connects when the first request needs it"),
        ("server_connections", "Keyway shares one pipelined link per loop and shard"),
        ("server_retry_timeout", "Keyway probes a shard that is down all the time, at most 50 ms apart"),
        ("server_failure_limit", "Keyway counts no failures: silence or a refused connection is enough"),
        ("tcpkeepalive", "Keyway always keeps connections alive"),
        ("reuseport", "Keyway never shares its port: a second process could serve another map there"),
    ];

    private readonly Problems _problems;
    private readonly List<string> _notes = [];
    private readonly StringBuilder _shards = new();
    private readonly StringBuilder _pools = new();
    private readonly Dictionary<string, (string Name, string? Password)> _shardOfAddress = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase) { "state", "lock", "next" };

    private NutcrackerImport(Problems problems)
    {
        _problems = problems;
    }

    public static NutcrackerResult Import(string path, string text)
    {
        var problems = new Problems();
        ConfigNode? root = YamlReader.Read(path, text, problems, out ConfigError? syntaxError);
        if (syntaxError is not null) return new NutcrackerResult(null, [syntaxError], []);

        var import = new NutcrackerImport(problems);
        if (root is MappingNode { Entries.Count: > 0 } pools)
        {
            foreach ((ScalarNode name, ConfigNode value) in pools.Entries) import.ReadPool(name, value);
        }
        else
        {
            problems.Error(root?.At ?? new Position(path, 1, 1), "there is no pool here", "name a nutcracker.yml");
        }

        string yaml = $"# yaml-language-server: $schema=keyway.schema.json\n\nshards:\n{import._shards}\npools:\n{import._pools}";
        return new NutcrackerResult(problems.ErrorCount == 0 ? yaml : null, problems.Errors, import._notes);
    }

    private void ReadPool(ScalarNode name, ConfigNode value)
    {
        if (value is not MappingNode mapping)
        {
            _problems.Error(name.At, $"pool '{name.Text}' is no mapping", "name a nutcracker.yml");
            return;
        }

        var options = new OptionReader(Pool, mapping, _problems);
        if (!options.Flag("redis", false))
        {
            _problems.Error(options.Has("redis") ? options.KeyAt("redis") : name.At, $"pool '{name.Text}' speaks memcached (no `redis: true`)",
                "Keyway serves Redis alone: take the pool out");
            return;
        }

        string distribution = Pool.Find("distribution")!.Choices[options.Choice("distribution", 0)];
        if (distribution == "random")
        {
            _problems.Error(options.ValueAt("distribution"), "with 'random' a key has no owner: twemproxy sends it to any server",
                "choose ketama or modula, or point one shard at replicas");
            return;
        }

        string? password = options.Text("redis_auth");
        int? timeoutMs = ReadTimeout(name, options);
        List<(string Shard, string Declaration)> servers = ReadServers(name, options, password, timeoutMs);
        NoteDifferences(name, options);

        _pools.Append(CultureInfo.InvariantCulture, $"  {name.Text}:\n");
        WriteListen(name, options, password);
        if (password is not null) _pools.Append(CultureInfo.InvariantCulture, $"    password: {Quote(password)}\n");
        if (options.NullableInteger("client_connections") is > 0 and var clients)
            _pools.Append(CultureInfo.InvariantCulture, $"    max_clients: {clients}\n");

        string hash = OptionTable.Hashes[options.Choice("hash", Array.IndexOf(OptionTable.Hashes, "fnv1a_64"))];
        _pools.Append(CultureInfo.InvariantCulture, $"    partitions:\n      - {distribution}:\n          hash: {hash}\n");
        if (options.Text("hash_tag") is { } tag) _pools.Append(CultureInfo.InvariantCulture, $"          tag: {Quote(tag)}\n");
        _pools.Append("          servers:\n");
        foreach (var (shard, declaration) in servers) _pools.Append(CultureInfo.InvariantCulture, $"            {shard}: {Quote(declaration)}\n");
    }

    private int? ReadTimeout(ScalarNode pool, OptionReader options)
    {
        // A negative number is how nutcracker writes "for ever", its default.
        if (options.Scalar("timeout") is not { } scalar || scalar.Text.StartsWith('-'))
        {
            _notes.Add($"{pool.At.Source}:{pool.At.Line}: pool '{pool.Text}' waits for its servers for ever in twemproxy; Keyway waits 2s unless a shard has a 'timeout:'");
            return null;
        }

        return options.NullableInteger("timeout") is > 0 and var milliseconds ? milliseconds : null;
    }

    private List<(string Shard, string Declaration)> ReadServers(ScalarNode pool, OptionReader options, string? password, int? timeoutMs)
    {
        var servers = new List<(string, string)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (!options.Written.Contains("servers")) _problems.Error(pool.At, $"pool '{pool.Text}' has no 'servers'", "add them");

        foreach (ScalarNode scalar in options.Scalars("servers"))
        {
            string[] words = scalar.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            int weight = words.Length is 1 or 2 ? words[0].LastIndexOf(':') : -1;
            string place = weight > 0 ? words[0][..weight] : "";
            string node = place.StartsWith('/') ? "unix:" + place : place;
            if (!Address.TryParse(node, out Address? address) || words[0][(weight + 1)..].Length == 0)
            {
                _problems.Error(scalar.At, $"'{scalar.Text}' is no server", "write host:port:weight, or with a name after a space");
            }
            else if (!seen.Add(node))
            {
                _problems.Error(scalar.At, $"{node} stands twice in pool '{pool.Text}'",
                    "a server belongs to one shard: keep one line, with the sum of the weights, and move its keys");
            }
            else
            {
                string shard = ShardFor(address!, words.Length == 2 ? words[1] : null, scalar.At, password, timeoutMs);
                servers.Add((shard, string.Join(' ', words)));
            }
        }

        return servers;
    }

    /// <summary>One shard a server, also where several pools use it.</summary>
    private string ShardFor(Address address, string? serverName, Position at, string? password, int? timeoutMs)
    {
        if (_shardOfAddress.TryGetValue(address.ToString(), out var known))
        {
            if (known.Password != password)
                _notes.Add($"{at.Source}:{at.Line}: {address} is used with different passwords; shard '{known.Name}' keeps the first");
            return known.Name;
        }

        string name = serverName is not null && MapReader.IsName(serverName) && _names.Add(serverName) ? serverName : NextName();
        _shardOfAddress.Add(address.ToString(), (name, password));
        string node = address.ToString().StartsWith('[') || address.IsUnix ? Quote(address.ToString()) : address.ToString();
        _shards.Append(CultureInfo.InvariantCulture, $"  {name}: {{ nodes: [{node}]");
        if (password is not null) _shards.Append(CultureInfo.InvariantCulture, $", password: {Quote(password)}");
        if (timeoutMs is not null) _shards.Append(CultureInfo.InvariantCulture, $", timeout: {timeoutMs}ms");
        _shards.Append(" }\n");
        return name;
    }

    private string NextName()
    {
        int number = _shardOfAddress.Count;
        string name;
        do name = $"s{++number}"; while (!_names.Add(name));
        return name;
    }

    private void WriteListen(ScalarNode pool, OptionReader options, string? password)
    {
        if (options.Scalar("listen") is not { } scalar)
        {
            if (!options.Written.Contains("listen")) _problems.Error(pool.At, $"pool '{pool.Text}' has no 'listen'", "add it");
            return;
        }

        string text = scalar.Text;
        if (text.StartsWith('/'))
        {
            string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1)
                _notes.Add($"{scalar.At.Source}:{scalar.At.Line}: the mode {words[1]} of the socket is left to the process's umask");
            text = "unix:" + words[0];
        }

        if (AddressReader.Listen(new ScalarNode(scalar.At, text, plain: false), allowUnix: true, _problems) is not { } address) return;

        _pools.Append(CultureInfo.InvariantCulture, $"    listen: {Quote(address.ToString())}\n");
        if (address.IsLoopback || password is not null) return;

        _pools.Append("    protected: no\n");
        _notes.Add($"{scalar.At.Source}:{scalar.At.Line}: {address} can be reached from other machines without a password, as in twemproxy: `protected: no` says so; better add 'password_file:'");
    }

    private void NoteDifferences(ScalarNode pool, OptionReader options)
    {
        foreach (var (key, why) in Different)
        {
            if (options.Has(key)) Note(options.KeyAt(key), $"'{key}' has no counterpart: {why}");
        }

        if (options.Flag("auto_eject_hosts", false))
            Note(options.KeyAt("auto_eject_hosts"),
                "'auto_eject_hosts' differs on purpose: Keyway never gives a key another owner because a shard is down; its requests get an error until the shard is back");
        if (options.NullableInteger("redis_db") is > 0 and var database)
            Note(options.KeyAt("redis_db"),
                $"'redis_db' has no counterpart: clients of pool '{pool.Text}' choose the database themselves, with SELECT {database}");
        if (options.Has("redis_auth"))
            Note(options.KeyAt("redis_auth"), "the password stands in the map now; 'password_file:' keeps it out");
    }

    private void Note(Position at, string text) => _notes.Add($"{at.Source}:{at.Line}: {text}");

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
