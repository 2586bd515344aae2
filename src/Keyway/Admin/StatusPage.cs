using System.Globalization;
using System.Net;
using System.Text;
using Keyway.Configuration;
using Keyway.Gateway.Metrics;
using Keyway.Hosting;

namespace Keyway.Admin;

/// <summary>The page at /: for a person, at a glance.</summary>
internal static class StatusPage
{
    public static string Text(GatewayRun run)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"keyway {run.Version}, pid {Environment.ProcessId}\n\n");
        page.Append("/metrics   for Prometheus\n/healthz   200 while the process lives\n");
        page.Append("/readyz    200 when every key can be served, else 503 and why\n\n");
        if (run.Gateway is not { } gateway) return page.Append("starting or stopped\n").ToString();

        GatewaySnapshot snapshot = gateway.Server.Snapshot();
        KeywayConfig config = gateway.Config;
        string file = config.File is null ? "built in" : Path.GetFullPath(config.File);
        page.Append(CultureInfo.InvariantCulture, $"map        {file}, digest {gateway.Server.Options.Digest}\n");
        page.Append(CultureInfo.InvariantCulture, $"loaded     {run.Reloader?.LastSuccess:yyyy-MM-dd HH:mm:ss}Z; reloads: {Reloads(run)}\n");
        page.Append(CultureInfo.InvariantCulture, $"loops      {snapshot.Loops.Count}\n");

        IReadOnlyList<string> problems = Readiness.Problems(snapshot);
        page.Append(problems.Count == 0 ? "ready\n" : string.Concat(problems.Select(problem => $"NOT READY  {problem}\n")));

        page.Append("\npool            clients   accepted   received bytes       sent bytes  addresses\n");
        foreach (PoolSnapshot pool in snapshot.Pools)
        {
            string addresses = string.Join(", ", gateway.Server.EndPoints.Where(entry => entry.Pool == pool.Name).Select(entry => entry.EndPoint));
            page.Append(CultureInfo.InvariantCulture,
                $"{pool.Name,-14} {pool.Clients,8} {pool.AcceptedClients,10} {pool.ReceivedBytes,16} {pool.SentBytes,16}  {addresses}\n");
        }

        page.Append("\nshard           state   requests     errors  in flight  queue bytes  links  p99       address\n");
        foreach (ShardSnapshot shard in snapshot.Shards)
        {
            ShardCounters of = shard.Counters;
            long errors = of.Timeouts + of.Lost + of.Protocol + of.Refused + of.Breaker;
            page.Append(CultureInfo.InvariantCulture, $"{shard.Name,-14} {(of.Up ? "up" : "DOWN"),6} {of.Requests,10} {errors,10} {of.InFlight,10} ");
            page.Append(CultureInfo.InvariantCulture, $"{of.QueueBytes,12} {of.SharedLinks + of.PrivateLinks + of.SubscriptionLinks,6}  {Quantile(of),-8}  ");
            page.Append(CultureInfo.InvariantCulture, $"{shard.Address} ({shard.Kind}){Others(shard)}\n");
        }

        if (gateway.Server.Advice.Count > 0) page.Append("\nCROSSSLOT errors: these lines under `partitions:` would keep such keys together\n");
        foreach (string line in gateway.Server.Advice.Values) page.Append("      ").Append(line).Append('\n');
        return page.ToString();
    }

    private static string Reloads(GatewayRun run) => run.Reloader is { } reloader
        ? string.Join(", ", Enum.GetValues<ReloadOutcome>().Select(outcome => $"{reloader.Count(outcome)} {ReloadResult.NameOf(outcome)}"))
        : "none";

    private static string Others(ShardSnapshot shard)
    {
        string replicas = shard.Replicas.Count == 0 ? "" : $", replicas {string.Join(", ", shard.Replicas)}";
        return shard.Failovers == 0 ? replicas : string.Create(CultureInfo.InvariantCulture, $"{replicas}, {shard.Failovers} failovers");
    }

    private static string Quantile(ShardCounters of) =>
        of.Duration.Count == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"<={of.Duration.QuantileSeconds(0.99) * 1000:0.##}ms");
}
