using System.Net;
using System.Net.Sockets;
using System.Text;
using Keyway.Differential.Commands;

namespace Keyway.Differential.Wire;

/// <summary>One connection to one of the two servers: requests are gathered and sent together, replies come back as raw bytes.</summary>
internal sealed class Connection : IDisposable
{
    private const int PatienceMs = 20_000;

    private readonly string _server;
    private readonly Socket _socket;
    private byte[] _input = new byte[64 * 1024];
    private int _start;
    private int _end;
    private byte[] _output = new byte[64 * 1024];
    private int _written;

    public Connection(EndPoint endPoint, string server)
    {
        _server = server;
        bool isUnix = endPoint is UnixDomainSocketEndPoint;
        _socket = new Socket(endPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp)
        {
            ReceiveTimeout = PatienceMs,
            SendTimeout = PatienceMs,
        };
        try
        {
            if (!isUnix) _socket.NoDelay = true;
            _socket.Connect(endPoint);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>What <see cref="Call.IdOf"/> becomes here: CLIENT ID of each connection of this server.</summary>
    public string[] Ids { get; set; } = [];

    /// <summary>Bytes of requests that <see cref="Flush"/> will send.</summary>
    public int Pending => _written;

    public void Append(ReadOnlySpan<string> words)
    {
        AppendHeader((byte)'*', words.Length);
        foreach (string word in words)
        {
            string text = Call.IsId(word, out int connection) ? (connection < Ids.Length ? Ids[connection] : "0") : word;
            AppendHeader((byte)'$', text.Length);
            Reserve(text.Length + 2);
            _written += Encoding.Latin1.GetBytes(text, _output.AsSpan(_written));
            "\r\n"u8.CopyTo(_output.AsSpan(_written));
            _written += 2;
        }
    }

    /// <exception cref="ServerLostException">The server has closed the connection or reads nothing.</exception>
    public void Flush()
    {
        try
        {
            for (int sent = 0; sent < _written;) sent += _socket.Send(_output.AsSpan(sent, _written - sent));
        }
        catch (SocketException failed)
        {
            throw new ServerLostException(_server, $"closed the connection while it was sent to ({failed.SocketErrorCode})");
        }
        finally
        {
            _written = 0;
        }
    }

    /// <summary>The next reply, waited for. The bytes are good until the next call.</summary>
    /// <exception cref="ServerLostException">There is none.</exception>
    public ReadOnlySpan<byte> Read()
    {
        while (true)
        {
            if (TryTake(out ReadOnlySpan<byte> reply)) return reply;
            Receive();
        }
    }

    /// <summary>Sends and reads one reply.</summary>
    public byte[] Ask(params ReadOnlySpan<string> words)
    {
        Append(words);
        Flush();
        return Read().ToArray();
    }

    /// <summary>Everything that has arrived, as single replies. False once the server has closed.</summary>
    public bool Drain(List<byte[]> replies)
    {
        bool isOpen = true;
        try
        {
            while (_socket.Available > 0) Receive();
            isOpen = !(_socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0);
        }
        catch (Exception closed) when (closed is ServerLostException or SocketException)
        {
            isOpen = false;
        }

        while (TryTake(out ReadOnlySpan<byte> reply)) replies.Add(reply.ToArray());
        return isOpen;
    }

    /// <summary>Waits for anything to arrive.</summary>
    /// <returns>False if nothing came.</returns>
    public bool WaitForInput(int milliseconds) => _start < _end || _socket.Poll(milliseconds * 1000, SelectMode.SelectRead);

    public void Dispose() => _socket.Dispose();

    private bool TryTake(out ReadOnlySpan<byte> reply)
    {
        reply = default;
        if (_start == _end) return false;

        int length = ReplyLength.Measure(_input.AsSpan(_start, _end - _start));
        if (length == 0) return false;
        if (length < 0) throw new ServerLostException(_server, $"does not speak RESP: {Quoted.Reply(_input.AsSpan(_start, _end - _start))}");

        reply = _input.AsSpan(_start, length);
        _start += length;
        return true;
    }

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
            received = _socket.Receive(_input.AsSpan(_end));
        }
        catch (SocketException failed)
        {
            throw new ServerLostException(_server, failed.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock
                ? $"has not answered for {PatienceMs / 1000} seconds"
                : $"closed the connection ({failed.SocketErrorCode})");
        }

        if (received == 0) throw new ServerLostException(_server, "closed the connection");
        _end += received;
    }

    private void AppendHeader(byte kind, int number)
    {
        Reserve(16);
        _output[_written++] = kind;
        number.TryFormat(_output.AsSpan(_written), out int digits);
        _written += digits;
        _output[_written++] = (byte)'\r';
        _output[_written++] = (byte)'\n';
    }

    private void Reserve(int bytes)
    {
        if (_output.Length - _written < bytes) Array.Resize(ref _output, Math.Max(_output.Length * 2, _written + bytes));
    }
}
