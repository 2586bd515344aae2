using System.Globalization;

namespace Keyway.Configuration;

/// <summary>Reads one entry of <c>shards:</c>.</summary>
internal sealed class ShardReader(Problems problems)
{
    // The map itself decides these; a second word on them could only contradict it.
    private static readonly Dictionary<string, string> OfTheMap = new(StringComparer.OrdinalIgnoreCase)
    {
        ["port"] = "the map's `embedded:` or `local:` says the port",
        ["dir"] = "the map's `data:` says the folder",
        ["replicaof"] = "`local:` with several ports makes replicas",
        ["slaveof"] = "`local:` with several ports makes replicas",
        ["cluster-enabled"] = "the map divides the keys",
    };

    public ShardConfig? Read(string name, int line, Position at, MappingNode node)
    {
        int errorsBefore = problems.ErrorCount;
        var options = new OptionReader(OptionTable.Shard, node, problems);

        ShardKind? kind = options.One($"shard '{name}' does not say who holds its keys",
            "add one of embedded, local, nodes, sentinel, cluster") switch
        {
            "embedded" => ReadEmbedded(options),
            "local" => ReadLocal(options),
            "nodes" => ReadEndPoints(options, "nodes", allowUnix: true) is { Count: > 0 } nodes ? new ShardKind.Nodes(nodes) : null,
            "cluster" => ReadEndPoints(options, "cluster", allowUnix: false) is { Count: > 0 } nodes ? new ShardKind.Cluster(nodes) : null,
            "sentinel" => ReadSentinel(options),
            _ => null,
        };

        RefuseWhatTheKindLacks(options);
        var defaults = new ShardConfig { Name = name, Kind = new ShardKind.Embedded(0) };
        bool isIncluded = options.Has("embedded") || options.Has("local");
        string? user = isIncluded ? null : options.Text("user");
        string? password = isIncluded ? null : options.Password();
        if (user is not null && !options.Written.Contains("password") && !options.Written.Contains("password_file"))
            problems.Error(options.KeyAt("user"), "'user' needs a password", "add 'password_file:' or 'password:'");
        TlsConfig? tls = ReadTls(options);
        TimeSpan timeout = options.Duration("timeout", defaults.Timeout);
        int privateLinks = options.Integer("private_links", defaults.PrivateLinks);
        IReadOnlyList<ConfDirective> conf = ReadConf(options);

        if (kind is null || problems.ErrorCount > errorsBefore) return null;
        return new ShardConfig
        {
            Name = name,
            Line = line,
            Kind = kind,
            User = user,
            Password = password,
            Tls = tls,
            Timeout = timeout,
            PrivateLinks = privateLinks,
            Conf = conf,
        };
    }

    private ShardKind? ReadEmbedded(OptionReader options) =>
        options.Scalar("embedded") is { } scalar && ReadPort(scalar) is { } port ? new ShardKind.Embedded(port) : null;

    private ShardKind? ReadLocal(OptionReader options)
    {
        var ports = new List<int>();
        foreach (ScalarNode scalar in options.Scalars("local"))
        {
            if (ReadPort(scalar) is { } port) ports.Add(port);
        }

        return ports.Count > 0 ? new ShardKind.Local(ports) : null;
    }

    private int? ReadPort(ScalarNode scalar)
    {
        if (int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65535) return port;

        problems.Error(scalar.At, $"'{scalar.Text}' is no port", "write a number from 1 to 65535");
        return null;
    }

    private ShardKind? ReadSentinel(OptionReader options)
    {
        if (options.Mapping("sentinel") is not { } mapping) return null;

        var sentinel = new OptionReader(OptionTable.Sentinel, mapping, problems);
        sentinel.Require("'sentinel'");
        string? master = sentinel.Text("master");
        List<Address> nodes = ReadEndPoints(sentinel, "nodes", allowUnix: false);
        return master is not null && nodes.Count > 0 ? new ShardKind.Sentinel(master, nodes) : null;
    }

    private List<Address> ReadEndPoints(OptionReader options, string name, bool allowUnix)
    {
        var addresses = new List<Address>();
        foreach (ScalarNode scalar in options.Scalars(name))
        {
            if (AddressReader.Node(scalar, allowUnix, problems) is { } address) addresses.Add(address);
        }

        return addresses;
    }

    private void RefuseWhatTheKindLacks(OptionReader options)
    {
        if (options.Has("embedded") || options.Has("local"))
        {
            foreach (string name in new[] { "user", "password", "password_file", "tls" })
            {
                if (options.Has(name))
                    problems.Error(options.KeyAt(name), $"an included shard takes no '{name}'",
                        "remove it: Keyway makes its links to the shards that it runs safe itself");
            }
        }
        else if (options.Has("conf") && OptionTable.Shard.OneOf.Any(options.Has))
        {
            problems.Error(options.KeyAt("conf"), "'conf' is for shards that Keyway runs", "configure this server where it runs");
        }
    }

    private TlsConfig? ReadTls(OptionReader options)
    {
        if (options.Mapping("tls") is not { } mapping) return null;

        var tls = new OptionReader(OptionTable.ShardTls, mapping, problems);
        if (tls.Has("cert") != tls.Has("key")) problems.Error(options.KeyAt("tls"), "'cert' and 'key' belong together", "add the other one");
        return new TlsConfig
        {
            Line = options.KeyAt("tls").Line,
            Ca = tls.Text("ca"),
            Cert = tls.Text("cert"),
            Key = tls.Text("key"),
            Name = tls.Text("name"),
        };
    }

    private List<ConfDirective> ReadConf(OptionReader options)
    {
        var directives = new List<ConfDirective>();
        if (options.Mapping("conf") is not { } mapping) return directives;

        foreach ((ScalarNode key, ConfigNode value) in mapping.Entries)
        {
            if (OfTheMap.TryGetValue(key.Text, out string? instead)) problems.Error(key.At, $"'{key.Text}' cannot stand in 'conf'", instead);
            else if (value is ScalarNode scalar && (!scalar.IsNull || scalar.Text.Length > 0))
                directives.Add(new ConfDirective(key.Text, scalar.Text, key.At.Line));
            else if (value is not RefusedNode)
                problems.Error(key.At, $"'{key.Text}' takes one value", "write it as in redis.conf: `save: \"900 1\"`");
        }

        return directives;
    }
}
