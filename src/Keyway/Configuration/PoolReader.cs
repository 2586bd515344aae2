using Keyway.Gateway.Users;
using Keyway.Topology;

namespace Keyway.Configuration;

/// <summary>Reads one entry of <c>pools:</c>.</summary>
internal sealed class PoolReader(Problems problems, ShardNames shards, AddressBook addresses, PoolUnits units, Func<Position, int> lineOf)
{
    public PoolConfig? Read(string name, Position at, MappingNode node)
    {
        int errorsBefore = problems.ErrorCount;
        var options = new OptionReader(OptionTable.Pool, node, problems);
        if (node.Entries.Count == 0)
        {
            problems.Error(at, $"pool '{name}' is empty", "write `listen:` and `partitions:`");
            return null;
        }

        options.Require($"pool '{name}'");
        List<(Address Address, Position At)> listen = ReadListen(name, options);
        string? password = options.Password();
        List<UserConfig> users = ReadUsers(name, options);
        bool guarded = options.Flag("protected", true);
        if (guarded && !HasCredentials(options)) RefuseOpenDoors(listen);

        IReadOnlyList<PartitionRule>? rules = ReadRules(name, options);
        TlsConfig? tls = ReadTls(options);

        // A faulty list of rules has no map, and no pool either: the end of this method sees to that.
        PartitionMap map = rules is null ? null! : PartitionMap.Build(rules, shards.All);
        var defaults = new PoolConfig { Name = name, Listen = [], Rules = [], Map = map };
        var pool = new PoolConfig
        {
            Name = name,
            Line = lineOf(at),
            Listen = [.. listen.Select(door => door.Address)],
            Password = password,
            Users = users,
            Tls = tls,
            MaxClients = options.Integer("max_clients", defaults.MaxClients),
            MaxPipeline = options.Integer("max_pipeline", defaults.MaxPipeline),
            MaxCollected = options.Size("max_collected", defaults.MaxCollected),
            Buffers = options.Size("buffers", defaults.Buffers),
            MaxKey = options.Size("max_key", defaults.MaxKey),
            MaxValue = options.Size("max_value", defaults.MaxValue),
            MaxTransaction = options.Size("max_transaction", defaults.MaxTransaction),
            Idle = options.Duration("idle", defaults.Idle),
            Databases = options.Integer("databases", defaults.Databases),
            Commands = (CommandPolicy)options.Choice("commands", (int)defaults.Commands),
            Reads = (ReadPolicy)options.Choice("reads", (int)defaults.Reads),
            MaxLag = options.NullableDuration("max_lag"),
            Hold = options.Duration("hold", defaults.Hold),
            Moves = (MovePolicy)options.Choice("moves", (int)defaults.Moves),
            Protected = guarded,
            Rules = rules ?? [],
            Map = map,
        };

        units.ReadDatabases(name, options, pool.Databases);
        if (pool.Buffers < pool.MaxCollected)
            problems.Error(options.Has("buffers") ? options.ValueAt("buffers") : options.ValueAt("max_collected"),
                "'buffers' is less than 'max_collected', which one client may use of it", "raise 'buffers' or lower 'max_collected'");

        return rules is null || problems.ErrorCount > errorsBefore ? null : pool;
    }

    private List<(Address Address, Position At)> ReadListen(string name, OptionReader options)
    {
        var listen = new List<(Address, Position)>();
        foreach (ScalarNode scalar in options.Scalars("listen"))
        {
            if (AddressReader.Listen(scalar, allowUnix: true, problems) is not { } address) continue;

            addresses.Bind(address, scalar.At, $"pool '{name}'");
            listen.Add((address, scalar.At));
        }

        return listen;
    }

    private static bool HasCredentials(OptionReader options) =>
        HasPassword(options) || options.Written.Contains("users");

    private static bool HasPassword(OptionReader options) => options.Written.Contains("password") || options.Written.Contains("password_file");

    private void RefuseOpenDoors(List<(Address Address, Position At)> listen)
    {
        foreach (var (address, at) in listen)
        {
            if (address.IsLoopback) continue;

            problems.Error(at, $"{address} can be reached from other machines, and the pool asks for no password",
                "add 'password_file:' or 'users:', or say `protected: no`");
        }
    }

    private List<UserConfig> ReadUsers(string pool, OptionReader options)
    {
        var users = new List<UserConfig>();
        if (options.Mapping("users") is not { } mapping) return users;
        if (mapping.Entries.Count == 0)
            problems.Error(options.KeyAt("users"), "'users' is empty", "write `app: { password_file: f }`, or remove the key");

        foreach ((ScalarNode key, ConfigNode value) in mapping.Entries)
        {
            if (value is not MappingNode entry)
            {
                if (value is not RefusedNode) problems.Error(key.At, $"user '{key.Text}' takes a mapping", "write `app: { password_file: f }`");
                continue;
            }

            var user = new OptionReader(OptionTable.User, entry, problems);
            if (!user.Written.Contains("password") && !user.Written.Contains("password_file"))
                problems.Error(key.At, $"user '{key.Text}' has no password", "add 'password_file:' or 'password:'");
            if (key.Text == User.DefaultName && HasPassword(options))
                problems.Error(key.At, "the default user has two passwords: its own, and the pool's", "remove the pool's");
            IReadOnlyList<ScalarNode> allow = user.Scalars("allow");
            foreach (ScalarNode rule in allow)
            {
                if (CommandRules.Parse([rule.Text], out _) is null)
                    problems.Error(rule.At, $"there is no command or category '{rule.Text}'", "write `@read`, `get`, `config|get`, or `-keys` to take one away");
            }
            units.ReadUser(pool, key.Text, key.At, user);
            users.Add(new UserConfig
            {
                Name = key.Text,
                Line = lineOf(key.At),
                Password = user.Password(),
                Allow = user.Has("allow") ? [.. allow.Select(rule => rule.Text)] : null,
                Keys = user.Texts("keys"),
            });
        }

        return users;
    }

    private TlsConfig? ReadTls(OptionReader options)
    {
        if (options.Mapping("tls") is not { } mapping) return null;

        var tls = new OptionReader(OptionTable.PoolTls, mapping, problems);
        tls.Require("'tls'");
        return new TlsConfig { Line = lineOf(options.KeyAt("tls")), Ca = tls.Text("ca"), Cert = tls.Text("cert"), Key = tls.Text("key") };
    }

    private IReadOnlyList<PartitionRule>? ReadRules(string name, OptionReader options)
    {
        switch (options.One($"pool '{name}' does not say where its keys live", "add 'partitions:' or 'shard:'"))
        {
            case "shard":
                int shard = shards.Resolve(options.Node("shard")!);
                return shard < 0
                    ? null
                    : [new PartitionRule { Name = "rest", Line = lineOf(options.KeyAt("shard")), Placement = new Placement.Single(shard) }];
            case "partitions" when options.Node("partitions") is SequenceNode list:
                return ReadRules(name, options.KeyAt("partitions"), list);
            case "partitions":
                problems.Error(options.ValueAt("partitions"), "'partitions' takes a list", "begin each rule with '- '");
                return null;
            default:
                return null;
        }
    }

    private IReadOnlyList<PartitionRule>? ReadRules(string pool, Position at, SequenceNode list)
    {
        if (list.Items.Count == 0)
        {
            problems.Error(at, "'partitions' is empty", "write `- slots: { 0-16383: s1 }`, or `shard: s1` instead of 'partitions'");
            return null;
        }

        int errorsBefore = problems.ErrorCount;
        var reader = new RuleReader(problems, shards, lineOf);
        var rules = new List<PartitionRule>();
        var prefixes = new Dictionary<string, int>(StringComparer.Ordinal);
        var names = new Dictionary<string, int>(StringComparer.Ordinal);

        foreach (ConfigNode item in list.Items)
        {
            if (item is not MappingNode mapping)
            {
                if (item is not RefusedNode) problems.Error(item.At, "a rule is a mapping", "write `- { prefix: \"user:\", shard: s1 }`");
                continue;
            }

            RuleReader.Heading heading = reader.ReadHeading(mapping);
            if (!prefixes.TryAdd(heading.Prefix, mapping.At.Line))
            {
                if (heading.Prefix.Length == 0)
                    problems.Error(mapping.At, $"a second rule without prefix (the first is in line {prefixes[""]})",
                        "give one of them a prefix, or use 'otherwise:'");
                else
                    problems.Error(heading.PrefixAt, $"the prefix '{heading.Prefix}' has a rule already (line {prefixes[heading.Prefix]})",
                        "join the two rules");
            }
            else if (!names.TryAdd(heading.Name, mapping.At.Line))
            {
                problems.Error(heading.NameAt, $"the name '{heading.Name}' is taken by the rule in line {names[heading.Name]}", "choose another");
            }

            if (reader.Read(heading) is { } rule) rules.Add(rule);
        }

        if (!prefixes.ContainsKey("") && !list.Items.Any(item => item is not MappingNode))
            problems.Error(at, $"pool '{pool}' has no rule without prefix, which catches the rest",
                "add `- shard: s1` or `- slots: { 0-16383: s1 }`");
        return problems.ErrorCount > errorsBefore ? null : rules;
    }
}
