using System.Globalization;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>What clients cost the gateway in resident memory. Nutcracker goes through the same beside it, as a measure of the measure.</summary>
internal static class MemoryUse
{
    public static void Run(Options options, Report report)
    {
        using var workspace = new Workspace();
        Peer a = RedisServer.Start(workspace, "a");
        Peer b = RedisServer.Start(workspace, "b");
        KeywayMap map = KeywayMap.Over(a.Port, b.Port) with { Loops = 1, MaxClients = 15_000, Prefixes = true };
        int idle = options.Quick ? 1_000 : 10_000;
        int commands = options.Quick ? 20_000 : 100_000;
        long valueBytes = options.Quick ? 32 << 20 : 512 << 20;

        if (options.Wants("idle"))
        {
            report.Section($"{idle:#,0} idle clients");
            Each(workspace, options, report, map, a, b, (peer, bound) => IdleClients.Measure(report, peer, idle, bound));
        }

        if (options.Wants("pipeline"))
        {
            report.Section($"One client with {commands:#,0} commands in its pipeline");
            Each(workspace, options, report, map, a, b, (peer, bound) => DeepPipeline.Measure(report, peer, commands, bound));
        }

        if (options.Wants("large"))
        {
            report.Section($"A value of {valueBytes >> 20} MB, there and back");
            Each(workspace, options, report, map, a, b, (peer, bound) => LargeValue.Measure(report, peer, valueBytes, bound));
        }

        if (options.Wants("deaf"))
        {
            report.Section("A client that asks and never reads");
            Each(workspace, options, report, map, a, b, (peer, bound) => DeafClient.Measure(report, peer, options.Quick || !bound, bound));
        }
    }

    public static string Megabytes(long bytes) => (bytes / 1048576.0).ToString("0.0", CultureInfo.InvariantCulture) + " MB";

    // A fresh process for every part: what one leaves behind must not hide in the next one's beginning.
    private static void Each(
        Workspace workspace, Options options, Report report, KeywayMap map, Peer a, Peer b, Action<Peer, bool> measure)
    {
        if (Nutcracker.Start(workspace, a.Port, b.Port) is { } nutcracker)
        {
            Guarded(report, nutcracker, bound: false, measure);
        }

        if (KeywayGateway.Start(workspace, options.Keyway, "keyway", map) is { } keyway)
        {
            Guarded(report, keyway, bound: true, measure);
        }
        else
        {
            report.AtMost("keyway: memory", null, 0, "");
        }
    }

    private static void Guarded(Report report, Peer peer, bool bound, Action<Peer, bool> measure)
    {
        try
        {
            measure(peer, bound);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            if (bound) report.Holds($"{peer.Name}: serves to the end", false, e.Message);
            else report.Line($"{peer.Name}: stopped serving: {e.Message}");
        }
        finally
        {
            peer.Process.Dispose();
        }
    }
}
