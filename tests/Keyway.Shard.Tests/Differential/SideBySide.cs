using System.Net;
using System.Net.Sockets;
using System.Text;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Differential;

/// <summary>
/// Plays the same script of several clients to a real redis-server and to a shard, and compares what each client has received after each line, byte for
/// byte. A line is <c>A: SET key "a \r\n value"</c>: a client's letter and its request; the client connects with its first line.
/// <c>A: &lt;raw&gt; PING\r\nPING\r\n</c> sends bytes as they are, <c>A: &lt;close&gt;</c> hangs up.
/// </summary>
internal sealed class SideBySide : IDisposable
{
    private const int Rounds = 3;

    private readonly RedisServer _redis;
    private readonly LiveShard _shard;
    private readonly Side _real;
    private readonly Side _ours;
    private readonly StringBuilder _transcript = new();

    public SideBySide(params string[] options)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        _redis = RedisServer.Start(["--enable-debug-command", "yes", .. options]);
        _shard = new LiveShard(["--enable-debug-command", "yes", "--save", "", .. options]);      // as the other one is started
        _real = new Side(_redis.Port);
        _ours = new Side(_shard.Port);
    }

    /// <summary>Takes away what cannot be the same on two servers (addresses, times).</summary>
    public Func<string, string> Mask { get; set; } = text => text;

    /// <summary>What each client has received since the last line, as redis-server sent it: for tests that look at it too.</summary>
    public IReadOnlyDictionary<string, string> Received => _real.Received;

    public void Play(string script)
    {
        foreach (string line in script.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('#')) continue;
            PlayLine(line);
        }
    }

    public void Dispose()
    {
        _real.Dispose();
        _ours.Dispose();
        _redis.Dispose();
        _shard.Dispose();
    }

    private void PlayLine(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        string client = line[..colon];
        string request = line[(colon + 1)..].Trim();
        _real.Send(client, request);
        _ours.Send(client, request);

        // Whoever is answered behind somebody else's request may still be answered in the same turn of the server: after some rounds it is in its past.
        for (int round = 0; round < Rounds; round++)
        {
            _real.Probe();
            _ours.Probe();
        }

        string expected = Mask(_real.TakeReceived());
        string actual = Mask(_ours.TakeReceived());
        _transcript.Append(line).Append('\n').Append(expected);
        Assert.True(expected == actual, $"After this script\n{_transcript}keyway sent:\n{actual}");
    }

    private sealed class Side(int port) : IDisposable
    {
        private readonly SortedDictionary<string, Socket> _clients = new(StringComparer.Ordinal);
        private readonly RespClient _probe = RespClient.Connect(port);

        public Dictionary<string, string> Received { get; } = [];

        public void Send(string client, string request)
        {
            if (!_clients.TryGetValue(client, out Socket? socket))
            {
                socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Connect(IPAddress.Loopback, port);
                _clients.Add(client, socket);
                Probe();
            }

            if (request == "<close>")
            {
                socket.Dispose();
                _clients.Remove(client);
                return;
            }

            byte[] bytes = request.StartsWith("<raw>", StringComparison.Ordinal)
                ? Encoding.Latin1.GetBytes(Unescape(request[5..].TrimStart()))
                : RespClient.Encode(Words(request));
            for (int sent = 0; sent < bytes.Length;) sent += socket.Send(bytes.AsSpan(sent));
        }

        // What is no command at all is answered during a pause too, and no monitor sees it.
        public void Probe() => _probe.Call("PROBE");

        public string TakeReceived()
        {
            Received.Clear();
            foreach ((string client, Socket socket) in _clients.ToArray())
            {
                string text = Read(socket, out bool isClosed);
                if (isClosed)
                {
                    text += "<closed>";
                    socket.Dispose();
                    _clients.Remove(client);
                }

                if (text.Length > 0) Received[client] = text;
            }

            return string.Concat(Received.Select(pair => $"    {pair.Key} {pair.Value.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\n"));
        }

        public void Dispose()
        {
            foreach (Socket socket in _clients.Values) socket.Dispose();
            _probe.Dispose();
        }

        private static string Read(Socket socket, out bool isClosed)
        {
            var text = new StringBuilder();
            byte[] buffer = new byte[64 * 1024];
            isClosed = false;
            while (!isClosed && socket.Poll(0, SelectMode.SelectRead))
            {
                int received = 0;
                try
                {
                    received = socket.Receive(buffer);
                }
                catch (SocketException)
                {
                    // Cut off: to the client that is closed as well.
                }

                isClosed = received == 0;
                text.Append(Encoding.Latin1.GetString(buffer, 0, received));
            }

            return text.ToString();
        }

        private static string[] Words(string request)
        {
            var words = new List<string>();
            foreach (string part in request.Split(' ')) words.Add(part);

            // "Quoted parts" may hold blanks.
            var joined = new List<string>();
            for (int i = 0; i < words.Count; i++)
            {
                if (!words[i].StartsWith('"'))
                {
                    joined.Add(words[i]);
                    continue;
                }

                int last = i;
                while (!(words[last].EndsWith('"') && (last > i || words[last].Length > 1))) last++;
                joined.Add(Unescape(string.Join(' ', words[i..(last + 1)])[1..^1]));
                i = last;
            }

            return [.. joined];
        }

        private static string Unescape(string text) =>
            text.Replace("\\r", "\r", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\0", "\0", StringComparison.Ordinal)
                .Replace("\\q", "\"", StringComparison.Ordinal).Replace("\\xff", "\xff", StringComparison.Ordinal);
    }
}
