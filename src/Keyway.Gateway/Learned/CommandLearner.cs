using System.Net;
using Keyway.Gateway.Cluster;
using Keyway.Gateway.Links;
using Keyway.Gateway.Shards;
using Keyway.Platform;
using Keyway.Protocol.Commands;
using Microsoft.Extensions.Logging;

namespace Keyway.Gateway.Learned;

/// <summary>
/// Learns from the masters which commands they have that the table lacks: from each when it is first seen, and now and then again, since modules
/// are loaded and servers are upgraded in their places. Runs on the first loop; the shards that Keyway runs itself know no more than the table.
/// </summary>
internal sealed class CommandLearner(EventLoop events, GatewayInfo info, ShardWatches watches, ILogger log)
{
    private const int LookMs = 100;
    private const int AgainMs = 60_000;
    private const int AfterFailureMs = 1000;

    private readonly Dictionary<string, (EndPoint Master, long NextMs)> _asked = [];
    private readonly Dictionary<string, (CommandQuestion Link, long SinceMs)> _asking = [];
    private IReadOnlyList<ShardDefinition> _shards = [];
    private LoopTimer? _timer;

    /// <summary>The map that is served now.</summary>
    public void Keep(GatewayOptions options)
    {
        _shards = options.Pools.Any(pool => pool.LearnsCommands) ? [.. options.Shards.Where(shard => shard.Kind is not ("embedded" or "local"))] : [];
        if (_shards.Count > 0) _timer ??= events.Every(LookMs, Look);
    }

    public void Stop()
    {
        _timer?.Cancel();
        _timer = null;
        _shards = [];
        foreach ((CommandQuestion link, _) in _asking.Values.ToArray()) link.End("", FailureKind.Retired);
    }

    private void Look()
    {
        long nowMs = events.NowMs;
        foreach (ShardDefinition shard in _shards)
        {
            if (_asking.TryGetValue(shard.Name, out (CommandQuestion Link, long SinceMs) asking))
            {
                if (nowMs - asking.SinceMs >= shard.Timeout.TotalMilliseconds) asking.Link.End("no answer", FailureKind.Timeout);
                continue;
            }
            if (MasterOf(shard) is not { } master) continue;
            if (_asked.TryGetValue(shard.Name, out (EndPoint Master, long NextMs) last) && last.Master.Equals(master) && nowMs < last.NextMs) continue;
            Ask(shard, master, nowMs);
        }
    }

    private void Ask(ShardDefinition shard, EndPoint master, long nowMs)
    {
        LinkHandshake handshake = LinkHandshake.For(shard, new LinkKey(false, 0), probe: false);
        var link = new CommandQuestion(handshake, commands => Take(shard, master, commands)) { IsPlain = shard.Tls is null };
        _asked[shard.Name] = (master, nowMs + AfterFailureMs);
        _asking[shard.Name] = (link, nowMs);
        events.Connect(master, link, shard.Tls);
    }

    private void Take(ShardDefinition shard, EndPoint master, IReadOnlyList<Command>? commands)
    {
        _asking.Remove(shard.Name);
        if (commands is null) return;
        _asked[shard.Name] = (master, events.NowMs + AgainMs);
        LearnedCommands before = info.Learned;
        info.Learned = before.With(commands);
        if (info.Learned.Count == before.Count) return;
        GatewayLog.CommandsLearned(log, shard.Name, string.Join(' ', info.Learned.Names.Except(before.Names).Take(50)));
    }

    private EndPoint? MasterOf(ShardDefinition shard)
    {
        if (watches.ClusterStateOf(shard) is { } cluster) return cluster.View?.Shards.FirstOrDefault(one => one.Master is { IsOnline: true })?.Master?.Address;
        return shard.IsFollowed ? watches.TopologyOf(shard)?.Master?.EndPoint : shard.Address;
    }
}
