using System.Net;
using System.Net.Sockets;

namespace Keyway.Benchmarks.Checks.Tagged;

/// <summary>A shard that answers every GET with the key itself, and now and then does what no server should.</summary>
internal sealed class FaultyShard : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly TagRun _run;
    private readonly int _number;
    private readonly string _runId;
    private readonly ShardChannels _channels = new();

    public FaultyShard(TagRun run, int number, int port)
    {
        _run = run;
        _number = number;
        _runId = new string((char)('1' + number), 40);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(1024);
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        for (int connection = 0; ; connection++)
        {
            Socket socket;
            try
            {
                socket = _listener.Accept();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            socket.NoDelay = true;
            var random = new Random(HashCode(_run.Seed, _number, connection));
            var served = new ShardConnection(socket, _run, random, _runId, _channels);
            new Thread(served.Serve, maxStackSize: 256 * 1024) { IsBackground = true }.Start();
        }
    }

    // System.HashCode has another seed in every process.
    private static int HashCode(int seed, int shard, int connection) => unchecked((seed * 1_000_003) + (shard * 7_919) + connection);
}
