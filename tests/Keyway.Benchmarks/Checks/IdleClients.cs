using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>Many clients that asked once and then stay silent, as the connection pools of a fleet do.</summary>
internal static class IdleClients
{
    private static readonly byte[] Get = RespClient.Encode("GET", "a:idle");

    public static void Measure(Report report, Peer peer, int count, bool bound)
    {
        // What every process takes once, whoever comes.
        Leave(peer, Arrive(peer, 500));
        long before = Settled(peer.Process.Id);
        List<RespClient> clients = Arrive(peer, count);
        long with = Settled(peer.Process.Id);
        Leave(peer, clients);
        long after = Returned(peer.Process.Id, before);

        double each = (with - before) / 1024.0 / count;
        report.Line(
            $"{peer.Name}: {MemoryUse.Megabytes(before)} before, {MemoryUse.Megabytes(with)} with them, {MemoryUse.Megabytes(after)} after, "
            + FormattableString.Invariant($"{each:0.00} KB each"));
        if (!bound) return;
        report.AtMost("an idle client's memory", each, 4, " KB");
        report.AtMost("memory after they left, against before", after / (double)before, 1.1, "x");
    }

    private static List<RespClient> Arrive(Peer peer, int count)
    {
        var clients = new List<RespClient>(count);
        for (int i = 0; i < count; i++)
        {
            var client = new RespClient(peer.Port);
            clients.Add(client);
            client.Send(Get);
            client.ReadReply();
        }

        return clients;
    }

    private static void Leave(Peer peer, List<RespClient> clients)
    {
        foreach (RespClient client in clients) client.Dispose();

        // One more request: it is answered after the gateway has seen the others go.
        using var last = new RespClient(peer.Port);
        last.Send(Get);
        last.ReadReply();
    }

    /// <summary>The figure once it has stood still for a second.</summary>
    private static long Settled(int processId)
    {
        long last = ProcessFigures.ResidentBytes(processId);
        for (int calm = 0, i = 0; calm < 5 && i < 50; i++)
        {
            Thread.Sleep(200);
            long now = ProcessFigures.ResidentBytes(processId);
            calm = Math.Abs(now - last) < 64 * 1024 ? calm + 1 : 0;
            last = now;
        }

        return last;
    }

    /// <summary>The least within half a minute: memory is returned when the collector next looks.</summary>
    private static long Returned(int processId, long before)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 150 && least > before * 1.05; i++)
        {
            Thread.Sleep(200);
            least = Math.Min(least, ProcessFigures.ResidentBytes(processId));
        }

        return least;
    }
}
