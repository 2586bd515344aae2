using System.Globalization;
using Keyway.Topology;

namespace Keyway.Configuration;

/// <summary>
/// Reads what binds databases and users to a shard or to another pool's rules. That pool may stand further down, so it is looked up when all have been read.
/// </summary>
internal sealed class PoolUnits(Problems problems, ShardNames shards, IReadOnlyList<string> poolNames, Func<Position, int> lineOf)
{
    private sealed record Unit(string Pool, int? Database, string? User, Position At, int Shard, string? Rules);

    private readonly List<Unit> _units = [];

    /// <summary>dbs: { 2: { shard: s1 }, 3: { pool: queues } }</summary>
    public void ReadDatabases(string pool, OptionReader options, int databases)
    {
        if (options.Mapping("dbs") is not { } mapping) return;
        if (mapping.Entries.Count == 0) problems.Error(options.KeyAt("dbs"), "'dbs' is empty", "write `2: { shard: s1 }`, or remove the key");
        foreach ((ScalarNode key, ConfigNode value) in mapping.Entries)
        {
            bool isNumber = int.TryParse(key.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number.ToString(CultureInfo.InvariantCulture) == key.Text;
            if (!isNumber) problems.Error(key.At, $"'{key.Text}' is no database", "write its number, as SELECT takes it");
            else if (number >= databases) problems.Error(key.At, $"there is no database {number}: 'databases' is {databases}", $"raise 'databases', or write a number below {databases}");
            if (value is not MappingNode entry)
            {
                if (value is not RefusedNode) problems.Error(value.At, $"database '{key.Text}' takes a mapping", "write `{ shard: s1 }` or `{ pool: main }`");
                continue;
            }
            var unit = new OptionReader(OptionTable.Unit, entry, problems);
            if (unit.One("nothing says where the database's keys live", "add 'shard:' or 'pool:'") is null) continue;
            Read(pool, isNumber ? number : -1, null, key.At, unit);
        }
    }

    /// <summary>`shard:` or `pool:` of a user, if it has one.</summary>
    public void ReadUser(string pool, string user, Position at, OptionReader options)
    {
        if (options.Written.Contains("shard") && options.Written.Contains("pool"))
            problems.Error(options.KeyAt("pool"), "'shard' and 'pool' exclude each other", "keep one");
        else if (options.Has("shard") || options.Has("pool"))
            Read(pool, null, user, at, options);
    }

    /// <summary>The pools with their units.</summary>
    public IReadOnlyList<PoolConfig> Resolve(IReadOnlyList<PoolConfig> pools, IReadOnlyList<ShardConfig> declared)
    {
        var resolved = new List<PoolConfig>();
        foreach (PoolConfig pool in pools)
        {
            var units = new List<PoolUnit>();
            foreach (Unit unit in _units.Where(unit => unit.Pool == pool.Name))
            {
                IReadOnlyList<PartitionRule> rules = unit.Rules is { } name
                    ? pools.First(other => other.Name == name).Rules
                    : [new PartitionRule { Name = "rest", Line = lineOf(unit.At), Placement = new Placement.Single(unit.Shard) }];
                var map = PartitionMap.Build(rules, shards.All);
                units.Add(new PoolUnit { Database = unit.Database, User = unit.User, Line = lineOf(unit.At), Rules = rules, Map = map });
                if (unit.Database is null or 0 || map.ShardsInUse.FirstOrDefault(shard => declared[shard].Kind is ShardKind.Cluster, -1) is not (>= 0 and var cluster)) continue;
                problems.Error(unit.At, $"database {unit.Database} would live on '{declared[cluster].Name}', a cluster, which has database 0 alone", "bind it to another shard");
            }
            resolved.Add(units.Count == 0 ? pool : pool with { Units = units });
        }

        return resolved;
    }

    private void Read(string pool, int? database, string? user, Position at, OptionReader options)
    {
        int shard = options.Node("shard") is { } node ? shards.Resolve(node) : -1;
        string? rules = options.Text("pool");
        if (rules is not null && !poolNames.Contains(rules))
            problems.Error(options.ValueAt("pool"), $"unknown pool '{rules}'", Suggestion.For(rules, [.. poolNames], "pools"));
        else if (shard >= 0 || rules is not null)
            _units.Add(new Unit(pool, database, user, at, shard, rules));
    }
}
