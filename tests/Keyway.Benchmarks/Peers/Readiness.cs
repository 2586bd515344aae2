using System.Diagnostics;
using System.Net.Sockets;

namespace Keyway.Benchmarks.Peers;

/// <summary>Waits for a server's first right answer, which is what "started" means to a client.</summary>
internal static class Readiness
{
    /// <returns>False when the process ended or the time was up.</returns>
    public static bool Await(ChildProcess process, int port, TimeSpan limit, ReadOnlySpan<byte> request, ReadOnlySpan<byte> expected)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < limit)
        {
            if (!process.IsRunning) return false;
            try
            {
                using var client = new RespClient(port, timeoutMs: 1_000);
                client.Send(request);
                if (client.ReadReply().AsSpan().StartsWith(expected)) return true;
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // Not listening yet, or not ready to serve.
            }

            Thread.Sleep(2);
        }

        return false;
    }

    public static bool AwaitPong(ChildProcess process, int port, TimeSpan limit) =>
        Await(process, port, limit, "*1\r\n$4\r\nPING\r\n"u8, "+PONG"u8);
}
