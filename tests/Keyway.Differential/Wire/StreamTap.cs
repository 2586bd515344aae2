using System.Net;
using System.Net.Sockets;
using System.Text;
using Keyway.Differential.Servers;
using Keyway.Testing.RealServers;

namespace Keyway.Differential.Wire;

/// <summary>A replica that keeps no data: it takes the snapshot, throws it away, and shows the commands that follow.</summary>
internal sealed class StreamTap : EffectTap
{
    private const int PatienceMs = 20_000;
    private const int AckEveryMs = 100;
    private const int AckAtLeastEveryMs = 1000;
    private const int MarkLength = 40;
    private const string Channel = "keyway-differential";

    private readonly Side _side;
    private readonly string _server;
    private readonly Socket _socket;
    private byte[] _input = new byte[64 * 1024];
    private int _start;
    private int _end;
    private string? _acked;                              // set once it is ready for the stream
    private long _ackedMs;
    private long _marks;

    public StreamTap(Side side)
    {
        _side = side;
        _server = side.Name;
        EndPoint endPoint = side.Server.EndPoint;
        bool isUnix = endPoint is UnixDomainSocketEndPoint;
        _socket = new Socket(endPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp) { ReceiveTimeout = PatienceMs };
        _socket.Connect(endPoint);
        Say("REPLCONF", "capa", "eof", "capa", "psync2");
        Expect(ReadLine(), "+OK");
        Say("PSYNC", "?", "-1");
        string answer = ReadLine();
        Expect(answer, "+FULLRESYNC ");
        SkipSnapshot();
        _acked = answer.Split(' ')[2];
        Acknowledge();
    }

    public override List<byte[]> Read()
    {
        // A message passes through the stream too, behind all that came before it.
        string mark = $"{++_marks}";
        _side.Observer.Ask("PUBLISH", Channel, mark);
        var commands = new List<byte[]>();
        if (Environment.TickCount64 - _ackedMs > AckAtLeastEveryMs) Acknowledge();
        while (true)
        {
            byte[] command = ReadCommand();
            RespValue words = RespValue.Parse(command);
            if (words.Count == 3 && words[2].Text == mark) return commands;
            if (words[0].Text is not ("ping" or "REPLCONF")) commands.Add(command);
        }
    }

    public override void Dispose() => _socket.Dispose();

    // $EOF:mark, the snapshot and the mark again; or $length and the snapshot.
    private void SkipSnapshot()
    {
        string header = ReadLine();
        if (header.StartsWith("$EOF:", StringComparison.Ordinal))
        {
            byte[] mark = Encoding.ASCII.GetBytes(header[5..]);
            int at;
            while ((at = _input.AsSpan(_start, _end - _start).IndexOf(mark)) < 0)
            {
                _start = Math.Max(_start, _end - MarkLength);
                Receive();
            }

            _start += at + mark.Length;
            return;
        }

        Expect(header, "$");
        for (long left = long.Parse(header.AsSpan(1)); left > 0;)
        {
            if (_start == _end) Receive();
            int some = (int)Math.Min(left, _end - _start);
            _start += some;
            left -= some;
        }
    }

    private byte[] ReadCommand()
    {
        while (true)
        {
            ReadOnlySpan<byte> rest = _input.AsSpan(_start, _end - _start);
            int length = rest.IsEmpty ? 0 : ReplyLength.Measure(rest);
            if (length < 0 || (length > 0 && rest[0] != '*')) throw new ServerLostException(_server, "puts something into its stream that is no command");
            if (length > 0)
            {
                _start += length;
                return rest[..length].ToArray();
            }

            Receive();
        }
    }

    // Empty lines only say that the server is still there.
    private string ReadLine()
    {
        while (true)
        {
            int end = _input.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (end < 0)
            {
                Receive();
                continue;
            }

            string line = Encoding.ASCII.GetString(_input, _start, end).TrimEnd('\r');
            _start += end + 1;
            if (line.Length > 0) return line;
        }
    }

    private void Expect(string line, string start)
    {
        if (!line.StartsWith(start, StringComparison.Ordinal)) throw new ServerLostException(_server, $"answers a replica with '{line}'");
    }

    // Which offset is nobody's business here; who says nothing for long is dropped.
    private void Acknowledge()
    {
        _ackedMs = Environment.TickCount64;
        Say("REPLCONF", "ACK", _acked!);
    }

    private void Say(params string[] words) => _socket.Send(RespClient.Encode(words));

    private void Receive()
    {
        if (_start > 0)
        {
            _input.AsSpan(_start, _end - _start).CopyTo(_input);
            _end -= _start;
            _start = 0;
        }

        if (_end == _input.Length) Array.Resize(ref _input, _input.Length * 2);
        int received;
        try
        {
            // A master that was still busy with the snapshot's end has missed it.
            for (int waited = 0; _acked != null && waited < PatienceMs && !_socket.Poll(AckEveryMs * 1000, SelectMode.SelectRead); waited += AckEveryMs) Acknowledge();
            received = _socket.Receive(_input.AsSpan(_end));
        }
        catch (SocketException failed)
        {
            throw new ServerLostException(_server, $"sends its replica nothing any more ({failed.SocketErrorCode})");
        }

        if (received == 0) throw new ServerLostException(_server, "has dropped its replica");
        _end += received;
    }
}
