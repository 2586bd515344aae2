using System.Collections.Concurrent;
using System.Text;
using Keyway.Protocol.Commands;
using Microsoft.Extensions.Logging;

namespace Keyway.Gateway;

/// <summary>
/// An application whose keys do not lie together gets CROSSSLOT; the operator gets, once for each prefix, the line of the map that would
/// cure it. Shared by all loops; off the path of requests that work.
/// </summary>
internal sealed class CrossSlotAdvice
{
    private const int LongestPrefix = 64;

    // Clients make keys up: what is remembered of them is bounded.
    private const int MostPrefixes = 256;

    private readonly ConcurrentDictionary<string, string> _given = new();

    /// <summary>Prefixes seen, with the line that would cure each.</summary>
    public IReadOnlyDictionary<string, string> Given => _given;

    public void Give(ILogger log, PoolState pool, Command command, ReadOnlySpan<byte> key)
    {
        if (_given.Count >= MostPrefixes) return;
        string? prefix = PrefixOf(key);
        if (prefix is null || _given.ContainsKey(prefix)) return;
        int shard = pool.Map.Find(key).Shard;
        string shardName = shard < 0 ? pool.Map.ShardNames[0] : pool.Map.ShardNames[shard];
        if (!_given.TryAdd(prefix, $"- {{ prefix: \"{prefix}\", shard: {shardName} }}")) return;
        GatewayLog.CrossSlot(log, command.Name, prefix, shardName);
    }

    // "bull:queue:1" has the prefix "bull:"; what has no such beginning has no cure by prefix.
    private static string? PrefixOf(ReadOnlySpan<byte> key)
    {
        int end = key.IndexOfAny((byte)':', (byte)'.', (byte)'/') + 1;
        if (end is <= 0 or > LongestPrefix) return null;
        foreach (byte c in key[..end])
        {
            if (c is < 0x21 or > 0x7e or (byte)'"' or (byte)'\\') return null;
        }
        return Encoding.ASCII.GetString(key[..end]);
    }
}
