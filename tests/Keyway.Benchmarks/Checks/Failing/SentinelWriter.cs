using System.Net.Sockets;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks.Failing;

/// <summary>
/// A client that follows sentinels itself, as the usual libraries do: asks one after the other for the master, connects, checks its role, and
/// begins anew when a call fails, is refused, or is not answered in time.
/// </summary>
internal sealed class SentinelWriter(SentinelGroup group, string key, Action<long> whenAcknowledged) : SetWriter(key, whenAcknowledged)
{
    private const int TimeoutMs = 1000;
    private const int PauseMs = 10;

    private RespClient? _client;

    protected override string? Call(string member)
    {
        try
        {
            _client ??= Connect();
            if (_client is null)
            {
                Thread.Sleep(PauseMs);
                return "-TRYAGAIN nobody knows a master";
            }

            string reply = _client.Call("SADD", Key, member);
            if (reply[0] == '-') Forget();
            return reply;
        }
        catch (Exception failed) when (failed is SocketException or IOException)
        {
            Forget();
            return null;
        }
    }

    private RespClient? Connect()
    {
        foreach (int sentinel in group.Sentinels)
        {
            RespClient? client = null;
            try
            {
                using var asked = new RespClient(sentinel, TimeoutMs);
                string[] lines = asked.Call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", SentinelGroup.Name).Split("\r\n");
                if (lines.Length < 5) continue;
                client = new RespClient(int.Parse(lines[4], System.Globalization.CultureInfo.InvariantCulture), TimeoutMs);
                if (client.Call("ROLE").Contains("\r\nmaster\r\n", StringComparison.Ordinal)) return client;
                client.Dispose();
            }
            catch (Exception failed) when (failed is SocketException or IOException)
            {
                client?.Dispose();
            }
        }

        return null;
    }

    private void Forget()
    {
        _client?.Dispose();
        _client = null;
    }
}
