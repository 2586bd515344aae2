using Keyway.Configuration;
using Keyway.Topology;

namespace Keyway.State;

/// <summary>
/// Compares the next map with the one last served. Refused is whatever would lose sight of a key: keys that get another owner, a
/// shard that is renamed, exchanged or gone. Allowed is what loses nothing (the losing shards are known to be empty in every
/// database) and what the pool accepts (`moves: abandon`).
/// </summary>
public static class StateRules
{
    public static Verdict Compare(ServedMap last, KeywayConfig next, IShardFacts facts) => new Comparison(last, next, facts).Run();

    private sealed class Comparison(ServedMap last, KeywayConfig next, IShardFacts facts)
    {
        private readonly List<string> _reasons = [];
        private readonly List<string> _notes = [];
        private readonly Dictionary<string, Emptiness> _emptiness = new(StringComparer.Ordinal);

        /// <summary>Old name to new name, for shards that are plainly the same.</summary>
        private readonly Dictionary<string, string> _renamed = new(StringComparer.Ordinal);

        public Verdict Run()
        {
            foreach (ServedShard shard in last.Shards)
            {
                if (next.Shards.FirstOrDefault(candidate => candidate.Name == shard.Name) is { } same) CompareIdentity(shard, same);
                else FindNewName(shard);
            }

            foreach (ServedPool pool in last.Pools)
            {
                if (next.Pools.FirstOrDefault(candidate => candidate.Name == pool.Name) is { } same) ComparePool(pool, same);
                else LosePool(pool);
            }

            return new Verdict(_reasons, _notes);
        }

        private void CompareIdentity(ServedShard old, ShardConfig now)
        {
            if (old.IsIncluded != now.Kind.IsIncluded)
            {
                LoseShard(old, $"shard '{old.Name}' {At(now)} was {old.Kind} and is {now.Kind.Name} now: another server with other keys",
                    $"restore '{old.Kind}', or move its keys first");
                return;
            }

            if (old.IsIncluded)
            {
                CompareIncluded(old, now);
                return;
            }

            IReadOnlyList<string> addresses = ServedShard.IdentifyingAddresses(now.Kind);
            if (addresses.Intersect(old.Addresses, StringComparer.OrdinalIgnoreCase).Any())
            {
                NoteBorrowedAddresses(old, addresses);
                return;
            }

            if (facts.ReplicationIdsOf(now).Intersect(old.ReplicationIds, StringComparer.Ordinal).Any())
            {
                _notes.Add($"shard '{old.Name}' moved from {List(old.Addresses)} to {List(addresses)}; its replication history is the same");
                return;
            }

            ServedShard? owner = last.Shards.FirstOrDefault(other => other.Name != old.Name
                && other.Addresses.Intersect(addresses, StringComparer.OrdinalIgnoreCase).Any());
            string whose = owner is null ? "and nothing shows that it is the same server" : $"where shard '{owner.Name}' was";
            LoseShard(old, $"shard '{old.Name}' {At(now)} was at {List(old.Addresses)} and is at {List(addresses)} now, {whose}",
                "restore its addresses, or keep one of them");
        }

        private void CompareIncluded(ServedShard old, ShardConfig now)
        {
            string? id = facts.IdOf(now);
            if (old.Id is not null && id != old.Id)
            {
                LoseShard(old,
                    $"shard '{old.Name}' {At(now)} has {(id is null ? "no id" : $"id {id}")} in {next.DataFolder}/{old.Name} and had {old.Id}: its folder was exchanged or removed",
                    "restore the folder");
                return;
            }

            // A disk that is not mounted looks like a shard that has never held a key.
            if (old.KeysFile is not null && !facts.HasFolder(old))
            {
                LoseShard(old, $"shard '{old.Name}' {At(now)} kept its keys in {next.DataFolder}/{old.Name}, and the folder of its server is gone", "restore the folder");
                return;
            }

            // As when `appendonly` is turned off: it would start with what another file holds, or with nothing.
            string? file = facts.KeysFileOf(now);
            if (old.KeysFile is null || file is null || file == old.KeysFile) return;
            LoseShard(old, $"shard '{old.Name}' {At(now)} has its keys in {old.KeysFile} and would start with {file}",
                "restore its 'conf', change it by CONFIG SET on the running shard first and then remove the old file");
        }

        /// <summary>Legal, since a replica may be given to another shard; but a person should have meant it.</summary>
        private void NoteBorrowedAddresses(ServedShard shard, IReadOnlyList<string> addresses)
        {
            foreach (ServedShard other in last.Shards)
            {
                if (other.Name == shard.Name || other.IsIncluded) continue;
                IEnumerable<string> taken = addresses.Intersect(other.Addresses, StringComparer.OrdinalIgnoreCase);
                foreach (string address in taken.Except(shard.Addresses, StringComparer.OrdinalIgnoreCase))
                    _notes.Add($"shard '{shard.Name}' has got {address}, which was of shard '{other.Name}'");
            }
        }

        private void FindNewName(ServedShard old)
        {
            ShardConfig? successor = next.Shards.FirstOrDefault(candidate =>
                last.Shards.All(known => known.Name != candidate.Name) && IsSame(old, candidate));
            if (successor is null) return;   // gone: the moves of its keys say so

            _renamed.Add(old.Name, successor.Name);
            LoseShard(old, $"shard '{old.Name}' is called '{successor.Name}' now {At(successor)}, so its keys would belong to a stranger",
                $"call it '{old.Name}' again");
        }

        private bool IsSame(ServedShard old, ShardConfig candidate)
        {
            if (old.IsIncluded != candidate.Kind.IsIncluded) return false;
            if (ServedShard.IdentifyingAddresses(candidate.Kind).Intersect(old.Addresses, StringComparer.OrdinalIgnoreCase).Any()) return true;
            return old.IsIncluded
                ? old.Id is not null && facts.IdOf(candidate) == old.Id
                : facts.ReplicationIdsOf(candidate).Intersect(old.ReplicationIds, StringComparer.Ordinal).Any();
        }

        /// <summary>Every key that the shard holds for any pool would be out of sight.</summary>
        private void LoseShard(ServedShard shard, string what, string instead)
        {
            int index = IndexOf(shard.Name);
            ServedPool[] users = [.. last.Pools.Where(pool => last.MapsOf(pool).Any(map => map.ShardsInUse.Contains(index)))];
            if (users.Length == 0) return;

            if (users.All(Abandons)) _notes.Add($"{what}; its keys stay behind (`moves: abandon`)");
            else Judge([shard.Name], what,
                $"{instead}, or say `moves: abandon` in {List(users.Where(pool => !Abandons(pool)).Select(pool => $"pool '{pool.Name}'"))} to leave the keys behind");
        }

        private void ComparePool(ServedPool old, PoolConfig now)
        {
            CompareMaps(last.MapOf(old), now, $"pool '{now.Name}'");
            foreach ((int? database, string? user) in old.Units.Select(unit => (unit.Database, unit.User)).Concat(now.Units.Select(unit => (unit.Database, unit.User))).Distinct())
            {
                PoolUnit? unit = now.UnitOf(database, user);
                PoolConfig bound = now with { Rules = unit?.Rules ?? now.Rules, Map = unit?.Map ?? now.Map };
                CompareMaps(last.MapOf(old, database, user), bound, $"pool '{now.Name}', {PoolUnit.NameOf(database, user)}");
            }
        }

        private void CompareMaps(PartitionMap old, PoolConfig now, string who)
        {
            foreach (MapMove move in MapDiff.Compare(old, now.Map))
            {
                // Keys that were refused are nowhere; those of a renamed shard were told of once.
                if (move.From.Count == 0) continue;
                if (!move.May && move.From is [var loser] && move.To is [var winner] && _renamed.GetValueOrDefault(loser) == winner) continue;

                string verb = move.May ? "may move" : "would move";
                string to = move.To.Count == 0 ? "to no shard" : $"to {Quoted(move.To)}";
                int line = MoveLine.Of(now, move);
                string what = $"{who}: {move.Where} {verb} from {Quoted(move.From)} {to}{(line > 0 ? $" ({next.FileName}:{line})" : "")}";
                if (now.Moves == MovePolicy.Abandon) _notes.Add($"{what}; the keys stay behind (`moves: abandon`)");
                else Judge(move.From, what, $"give them back to {Quoted(move.From)}, or say `moves: abandon` to leave the keys behind");
            }
        }

        private void LosePool(ServedPool old)
        {
            // Under another name it serves the same keys, and nothing is out of sight.
            if (next.Pools.FirstOrDefault(candidate => HasAll(old, candidate)) is { } successor)
            {
                _notes.Add($"pool '{old.Name}' is gone; pool '{successor.Name}' has its keys");
                return;
            }

            string what = $"pool '{old.Name}' is gone, and no other pool of {next.FileName} has all of its keys";
            if (old.Moves == MovePolicy.Abandon) _notes.Add($"{what}; they stay behind (`moves: abandon`)");
            else Judge([.. last.MapsOf(old).SelectMany(map => map.ShardsInUse.Select(shard => map.ShardNames[shard])).Distinct()], what,
                $"restore it, or serve it once with `moves: abandon` before removing it");
        }

        private bool HasAll(ServedPool old, PoolConfig candidate) =>
            old.Units.Select(unit => (unit.Database, unit.User)).Append((null, null)).All(unit => MapDiff
                .Compare(last.MapOf(old, unit.Database, unit.User), candidate.UnitOf(unit.Database, unit.User)?.Map ?? candidate.Map)
                .All(move => move.From.Count == 0));

        /// <summary>Losing nothing is no loss: refused only if one of the losers may hold a key.</summary>
        private void Judge(IReadOnlyList<string> losers, string what, string instead)
        {
            string[] full = [.. losers.Where(name => EmptinessOf(name) != Emptiness.Empty)];
            if (full.Length == 0)
            {
                _notes.Add($"{what}; {Quoted(losers)} {(losers.Count == 1 ? "is" : "are")} empty");
                return;
            }

            IEnumerable<string> why = full.Select(name => EmptinessOf(name) switch
            {
                Emptiness.HasKeys => $"'{name}' holds keys",
                Emptiness.HasFiles => $"'{name}' has files that may hold keys",
                _ => $"'{name}' cannot be reached and counts as full",
            });
            _reasons.Add($"{what}; {List(why)}: {instead}");
        }

        private Emptiness EmptinessOf(string shard)
        {
            // Asked once each: over a network it costs a round trip.
            if (!_emptiness.TryGetValue(shard, out Emptiness known)) _emptiness.Add(shard, known = facts.EmptinessOf(last.Shards[IndexOf(shard)]));
            return known;
        }

        private bool Abandons(ServedPool pool) =>
            (next.Pools.FirstOrDefault(candidate => candidate.Name == pool.Name)?.Moves ?? pool.Moves) == MovePolicy.Abandon;

        private int IndexOf(string shard)
        {
            for (int i = 0; i < last.Shards.Count; i++)
            {
                if (last.Shards[i].Name == shard) return i;
            }

            throw new InvalidOperationException($"the map last served has no shard '{shard}'");
        }

        private string At(ShardConfig shard) => shard.Line > 0 ? $"({next.FileName}:{shard.Line})" : $"({next.FileName})";

        private static string Quoted(IEnumerable<string> names) => List(names.Select(name => $"'{name}'"));

        private static string List(IEnumerable<string> items) => string.Join(", ", items);
    }
}
