using System.Net;
using System.Net.Sockets;
using Keyway.Configuration;

namespace Keyway.Hosting;

/// <summary>What a person sees who starts the gateway: every endpoint, every path, and the first command to try.</summary>
internal static class Banner
{
    public static IReadOnlyList<string> Lines(RunningGateway gateway, EndPoint? admin, string version)
    {
        KeywayConfig config = gateway.Config;
        var lines = new List<string> { $"keyway {version}, pid {Environment.ProcessId}", "" };
        foreach (IGrouping<string, EndPoint> pool in gateway.Server.EndPoints.GroupBy(entry => entry.Pool, entry => entry.EndPoint))
            lines.Add(Row($"pool {pool.Key}", string.Join(", ", pool.Select(Text))));
        foreach (ShardConfig shard in config.Shards)
            lines.Add(Row($"shard {shard.Name}", $"{string.Join(", ", shard.Kind.Addresses)} ({shard.Kind.Name})"));
        lines.Add(Row("admin", $"http://{(admin is null ? config.Admin : Text(admin))}/ (metrics, healthz, readyz)"));
        string file = Path.GetFullPath(config.File ?? ConfigLoader.DefaultPath);
        lines.Add(Row("map", config.File is null ? $"built in, since there is no {file}" : file));
        lines.Add(Row("data", Path.GetFullPath(config.DataFolder)));
        lines.Add(Row("try", FirstCommand(gateway)));
        lines.Add("");
        return lines;
    }

    private static string FirstCommand(RunningGateway gateway)
    {
        PoolConfig pool = gateway.Config.Pools[0];
        EndPoint where = gateway.Server.EndPoints.First(entry => entry.Pool == pool.Name).EndPoint;
        string password = pool.Password is null ? "" : " --askpass";
        return where switch
        {
            IPEndPoint ip when ip.Address.Equals(IPAddress.Loopback) || ip.Address.Equals(IPAddress.Any) || ip.Address.Equals(IPAddress.IPv6Any) =>
                $"redis-cli -p {ip.Port}{password} SET user:1 hello",
            IPEndPoint ip => $"redis-cli -h {ip.Address} -p {ip.Port}{password} SET user:1 hello",
            _ => $"redis-cli -s {where}{password} SET user:1 hello",
        };
    }

    private static string Row(string label, string text) => $"  {label,-14} {text}";

    private static string Text(EndPoint endPoint) => endPoint is UnixDomainSocketEndPoint ? $"unix:{endPoint}" : endPoint.ToString() ?? "";
}
