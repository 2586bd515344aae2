using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Keyway.Benchmarks.Peers;

/// <summary>
/// A replica that throws away what it gets: what a master does for one can be measured without what a replica has to do. It says once in a while how
/// far it is, as a replica does each second.
/// </summary>
internal sealed class StreamSink : IDisposable
{
    private const int MarkLength = 40;
    private const int AckEveryMs = 1000;

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[1024 * 1024];
    private readonly ManualResetEventSlim _online = new();
    private readonly Thread _thread;
    private int _end;
    private long _offset;
    private volatile bool _isOver;

    public StreamSink(int port)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 120_000 };
        _socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
        _thread = new Thread(Follow) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Bytes of its snapshot.</summary>
    public long SnapshotBytes { get; private set; }

    /// <summary>Returns once it has the snapshot, and gets the stream.</summary>
    public bool AwaitSnapshot(TimeSpan limit) => _online.Wait(limit);

    public void Dispose()
    {
        _isOver = true;
        _socket.Dispose();
        _thread.Join();
        _online.Dispose();
    }

    private void Follow()
    {
        try
        {
            Say("REPLCONF", "capa", "eof", "capa", "psync2");
            ReadLine();
            Say("PSYNC", "?", "-1");
            _offset = long.Parse(ReadLine().Split(' ')[2]);
            SkipSnapshot(Encoding.ASCII.GetBytes(ReadLine()["$EOF:".Length..]));
            _online.Set();
            while (true)
            {
                Say("REPLCONF", "ACK", $"{_offset}");
                long until = Environment.TickCount64 + AckEveryMs;
                while (Environment.TickCount64 < until)
                {
                    if (!_socket.Poll(AckEveryMs * 1000, SelectMode.SelectRead)) break;
                    int received = _socket.Receive(_buffer);
                    if (received == 0) return;
                    _offset += received;
                }
            }
        }
        catch (SocketException) when (_isOver)
        {
        }
        catch (ObjectDisposedException)
        {
        }
    }

    private void SkipSnapshot(byte[] mark)
    {
        while (true)
        {
            if (_end >= MarkLength && _buffer.AsSpan(_end - MarkLength, MarkLength).SequenceEqual(mark)) return;
            int kept = Math.Min(_end, MarkLength);
            _buffer.AsSpan(_end - kept, kept).CopyTo(_buffer);
            _end = kept;
            int received = _socket.Receive(_buffer.AsSpan(_end));
            if (received == 0) return;
            SnapshotBytes += received;
            _end += received;
        }
    }

    private string ReadLine()
    {
        while (true)
        {
            int at = _buffer.AsSpan(0, _end).IndexOf((byte)'\n');
            if (at < 0)
            {
                _end += _socket.Receive(_buffer.AsSpan(_end));
                continue;
            }

            string line = Encoding.ASCII.GetString(_buffer, 0, at).TrimEnd('\r');
            _buffer.AsSpan(at + 1, _end - at - 1).CopyTo(_buffer);
            _end -= at + 1;
            if (line.Length > 0) return line;
        }
    }

    private void Say(params string[] words) => _socket.Send(RespClient.Encode(words));
}
