using System.Net.Sockets;
using Keyway.Benchmarks.OpenLoop;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks;

/// <summary>A client that asks for large values for ever and never reads an answer; others go on beside it.</summary>
internal static class DeafClient
{
    private const int ValueBytes = 100_000;
    private const int Neighbours = 2_000;   // requests a second: enough for a p99, little enough to leave the machine idle

    public static void Measure(Report report, Peer peer, bool quick, bool bound)
    {
        using (var client = new RespClient(peer.Port))
        {
            client.Call("SET", "a:big", new string('x', ValueBytes));
            for (int i = 0; i < 200; i++) client.Call("GET", "a:big");
        }

        Load neighbours = new()
        {
            Port = peer.Port, RequestsPerSecond = Neighbours, Duration = TimeSpan.FromSeconds(quick ? 3 : 10), KeyPrefix = "b:",
        };
        LoadGenerator.Run(neighbours with { Duration = TimeSpan.FromSeconds(1) });
        LoadResult without = LoadGenerator.Run(neighbours);

        ProcessFigures.ForgetPeak(peer.Process.Id);
        long before = ProcessFigures.ResidentBytes(peer.Process.Id);
        using var stop = new CancellationTokenSource();
        long asked = 0;
        var deaf = new Thread(() => asked = Ask(peer.Port, stop.Token)) { IsBackground = true };
        deaf.Start();
        LoadResult with = LoadGenerator.Run(neighbours);
        long grown = ProcessFigures.PeakResidentBytes(peer.Process.Id) - before;
        stop.Cancel();
        deaf.Join();

        double ratio = with.Latency.Milliseconds(99) / without.Latency.Milliseconds(99);
        report.Line(FormattableString.Invariant(
            $"{peer.Name}: {asked:#,0} requests taken from it, {MemoryUse.Megabytes(grown)} more memory"));
        report.Line(FormattableString.Invariant(
            $"others' p99: {without.Latency.Milliseconds(99):0.000} ms without it, {with.Latency.Milliseconds(99):0.000} ms beside it"));
        if (!bound) return;
        report.AtMost("memory for a client that never reads", grown / 1048576.0, 64, " MB");
        report.AtMost("others' p99 beside it, against without", ratio, 1.2, "x");
        report.Holds(
            "others lose no request", with.Errors + with.Unanswered + with.ConnectionsLost == 0,
            $"{with.Errors} errors, {with.Unanswered} unanswered, {with.ConnectionsLost} connections lost");
    }

    private static long Ask(int port, CancellationToken stop)
    {
        byte[] request = RespClient.Encode("GET", "a:big");
        long asked = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var client = new RespClient(port, timeoutMs: 500);
                asked += AskUntilHeldBack(client, request, stop);

                // It stays, as such clients do, until it is shown the door.
                while (!stop.IsCancellationRequested && !client.Socket.Poll(100_000, SelectMode.SelectError)) { }
            }
            catch (SocketException)
            {
                stop.WaitHandle.WaitOne(200);
            }
        }

        return asked;
    }

    private static long AskUntilHeldBack(RespClient client, byte[] request, CancellationToken stop)
    {
        for (long asked = 0; ; asked++)
        {
            if (stop.IsCancellationRequested) return asked;
            try
            {
                client.Send(request);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                return asked;   // nobody takes more from it
            }
        }
    }
}
