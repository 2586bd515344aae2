namespace Keyway.Configuration;

/// <summary>Who has which address: two listeners cannot share one, and neither can two shards.</summary>
internal sealed class AddressBook(Problems problems)
{
    private readonly List<(Address Address, Position At, string Who)> _bound = [];
    private readonly Dictionary<string, (string Shard, Position At)> _servers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Somebody in this process, or a process of ours, listens there.</summary>
    public void Bind(Address address, Position at, string who)
    {
        foreach (var (other, otherAt, otherWho) in _bound)
        {
            if (!Collide(address, other)) continue;

            string line = otherAt.Line > 0 ? $" (line {otherAt.Line})" : "";
            problems.Error(at, $"{address} is taken by {otherWho}{line}", "choose another port");
            return;
        }

        _bound.Add((address, at, who));
    }

    public void AddShard(ShardConfig shard, Position at)
    {
        string who = $"shard '{shard.Name}'";
        foreach (Address address in shard.Kind.Addresses)
        {
            if (shard.Kind.IsIncluded)
            {
                Bind(address, at, who);
                continue;
            }

            // Several shards share their sentinels, each under the name of its own master.
            string server = shard.Kind is ShardKind.Sentinel sentinel ? $"{sentinel.Master}@{address}" : address.ToString();
            if (_servers.TryGetValue(server, out var owner))
            {
                string what = owner.Shard == shard.Name
                    ? $"{server} stands twice in {who}"
                    : $"{server} is a server of shard '{owner.Shard}' already (line {owner.At.Line})";
                problems.Error(at, what, "a server belongs to one shard");
                continue;
            }

            _servers.Add(server, (shard.Name, at));
            foreach (var (bound, _, boundWho) in _bound)
            {
                // An embedded shard under a second name would be two shards with the same keys; a pool would send requests to itself.
                // Behind "every interface" are this machine's addresses alone, and of those only loopback is known for sure.
                bool isSame = bound.IsEveryInterface ? address.IsLoopback && Collide(address, bound) : Collide(address, bound);
                if (isSame) problems.Error(at, $"{address} of {who} is where {boundWho} listens", "name another server");
            }
        }
    }

    private static bool Collide(Address a, Address b)
    {
        if (a.IsUnix || b.IsUnix) return a.UnixPath == b.UnixPath;
        if (a.Port != b.Port || a.Port == 0) return false;   // 0: the system picks a free one

        if (string.Equals(Normal(a), Normal(b), StringComparison.OrdinalIgnoreCase)) return true;
        return (a.IsEveryInterface && b.TryToListenEndPoint(out _)) || (b.IsEveryInterface && a.TryToListenEndPoint(out _));
    }

    private static string Normal(Address address) => address.TryToListenEndPoint(out var endPoint) ? endPoint!.ToString()! : address.ToString();
}
