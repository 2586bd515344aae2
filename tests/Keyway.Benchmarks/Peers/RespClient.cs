using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Keyway.Benchmarks.Peers;

/// <summary>A plain blocking client that checks what it is told. It is for asking and for proving, not for load.</summary>
internal sealed class RespClient : IDisposable
{
    private readonly Socket _socket;
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    public RespClient(int port, int timeoutMs = 10_000)
    {
        _socket = Create(timeoutMs);
        try
        {
            _socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
        }
        catch (SocketException)
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Anywhere, and no longer than this: a server that is cut off does not refuse, it says nothing.</summary>
    public RespClient(IPEndPoint server, int timeoutMs)
    {
        _socket = Create(timeoutMs);
        try
        {
            // The kernel would go on trying for two minutes.
            if (!_socket.ConnectAsync(server).Wait(timeoutMs)) throw new SocketException((int)SocketError.TimedOut);
        }
        catch (AggregateException failed) when (failed.InnerException is SocketException reason)
        {
            _socket.Dispose();
            throw new SocketException(reason.ErrorCode);
        }
        catch (SocketException)
        {
            _socket.Dispose();
            throw;
        }
    }

    public Socket Socket => _socket;

    /// <summary>Bytes that have arrived and have not been read.</summary>
    public int Buffered => _end - _start;

    /// <summary>What has arrived of a reply that is not whole.</summary>
    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    public static byte[] Encode(params string[] arguments)
    {
        var text = new StringBuilder().Append('*').Append(arguments.Length).Append("\r\n");
        foreach (string argument in arguments)
            text.Append('$').Append(Encoding.UTF8.GetByteCount(argument)).Append("\r\n").Append(argument).Append("\r\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Sends one command and returns its whole reply as it stands on the wire.</summary>
    public string Call(params string[] arguments)
    {
        Send(Encode(arguments));
        return Encoding.UTF8.GetString(ReadReply());
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[_socket.Send(bytes)..];
    }

    /// <summary>The next whole reply, headers and all, whatever its type. For replies that fit in memory.</summary>
    public byte[] ReadReply()
    {
        int offset = 0;
        SkipReply(ref offset, depth: 0);
        byte[] reply = _buffer.AsSpan(_start, offset).ToArray();
        _start += offset;
        return reply;
    }

    /// <summary>One header line without its CRLF; what follows it is for <see cref="ReadBytes"/>.</summary>
    public string ReadLine()
    {
        int offset = 0;
        int length = LineLength(offset);
        string line = Encoding.ASCII.GetString(_buffer, _start, length);
        _start += length + 2;
        return line;
    }

    /// <summary>Up to <paramref name="destination"/>'s length, at least one byte.</summary>
    public int ReadBytes(Span<byte> destination)
    {
        if (_start == _end)
        {
            if (destination.Length >= _buffer.Length) return ReceiveInto(destination);
            Receive();
        }

        int count = Math.Min(destination.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        return count;
    }

    /// <summary>Leaves with a reset instead of a farewell.</summary>
    public void Abort()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private static Socket Create(int timeoutMs) => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
        SendTimeout = timeoutMs,
        ReceiveTimeout = timeoutMs,
    };

    private void SkipReply(ref int offset, int depth)
    {
        if (depth > 64) throw new IOException("a reply nested more than 64 deep");
        int length = LineLength(offset);
        byte type = _buffer[_start + offset];
        ReadOnlySpan<byte> rest = _buffer.AsSpan(_start + offset + 1, length - 1);
        offset += length + 2;
        switch (type)
        {
            case (byte)'+' or (byte)'-' or (byte)':' or (byte)'_' or (byte)',' or (byte)'#' or (byte)'(':
                return;
            case (byte)'$' or (byte)'=' or (byte)'!':
                int bytes = ParseLength(rest);
                if (bytes < 0) return;
                while (_end - _start < offset + bytes + 2) Receive();
                if (_buffer[_start + offset + bytes] != '\r') throw new IOException("a bulk string that does not end where it said");
                offset += bytes + 2;
                return;
            case (byte)'*' or (byte)'~' or (byte)'>' or (byte)'%':
                int items = ParseLength(rest) * (type == (byte)'%' ? 2 : 1);
                for (int i = 0; i < items; i++) SkipReply(ref offset, depth + 1);
                return;
            default:
                throw new IOException($"a reply that starts with byte {type}");
        }
    }

    private int LineLength(int offset)
    {
        int searched = offset;
        while (true)
        {
            int at = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                int length = searched + at - 1 - offset;
                if (length < 1) throw new IOException("an empty line where a reply should start");
                return length;
            }

            searched = _end - _start;
            Receive();
        }
    }

    private static int ParseLength(ReadOnlySpan<byte> digits) =>
        int.TryParse(digits, System.Globalization.CultureInfo.InvariantCulture, out int value)
            ? value
            : throw new IOException("a length that is no number");

    private void Receive()
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        _end += ReceiveInto(_buffer.AsSpan(_end));
    }

    private int ReceiveInto(Span<byte> destination)
    {
        int count = _socket.Receive(destination);
        return count > 0 ? count : throw new EndOfStreamException("the server closed the connection");
    }
}
