using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Keyway.Platform.Tls;
using Keyway.Protocol;

namespace Keyway.Client;

/// <summary>
/// A blocking conversation with a Redis server, for a question now and then and for people at a terminal; never on a loop's thread.
/// Everything that goes wrong is an IOException with a text for people.
/// </summary>
internal sealed class RedisConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly Stream? _tls;
    private readonly string _name;
    private readonly long _deadline;
    private readonly int _mostBytes;
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    private RedisConnection(Socket socket, Stream? tls, string name, long deadline, int mostBytes)
    {
        _socket = socket;
        _tls = tls;
        _name = name;
        _deadline = deadline;
        _mostBytes = mostBytes;
    }

    /// <param name="limit">For the whole conversation, however slowly the peer drips; null waits for ever, once connected.</param>
    /// <param name="mostBytes">Of one reply.</param>
    /// <param name="tls">Not null: speaks TLS.</param>
    /// <exception cref="IOException">Nobody answers there, or nobody that we trust.</exception>
    public static RedisConnection Open(EndPoint endPoint, TimeSpan? limit, int mostBytes = 1 << 30, TlsClientSettings? tls = null)
    {
        string name = endPoint is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : endPoint.ToString() ?? "";
        bool isUnix = endPoint is UnixDomainSocketEndPoint;
        Socket socket = isUnix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            long deadline = limit is { } time ? Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency) : long.MaxValue;
            using var late = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(10));
            socket.ConnectAsync(endPoint, late.Token).AsTask().GetAwaiter().GetResult();
            if (!isUnix) socket.NoDelay = true;
            return new RedisConnection(socket, tls is null ? null : Secure(socket, endPoint, tls, limit), name, deadline, mostBytes);
        }
        catch (TlsException disagreed)
        {
            socket.Dispose();
            throw new IOException($"Could not connect to {name}: TLS: {disagreed.Message}", disagreed);
        }
        catch (Exception refused) when (refused is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            throw new IOException($"Could not connect to {name}: {(refused is SocketException error ? error.Message : "no answer")}", refused);
        }
    }

    public RedisReply Call(params ReadOnlySpan<string> arguments)
    {
        var request = new MemoryStream();
        request.Write(Encoding.ASCII.GetBytes($"*{arguments.Length}\r\n"));
        foreach (string argument in arguments)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(argument);
            request.Write(Encoding.ASCII.GetBytes($"${bytes.Length}\r\n"));
            request.Write(bytes);
            request.Write("\r\n"u8);
        }

        return Conversing(() =>
        {
            _socket.SendTimeout = Remaining();
            ReadOnlySpan<byte> bytes = request.GetBuffer().AsSpan(0, (int)request.Length);
            if (_tls is null) _socket.Send(bytes);
            else _tls.Write(bytes);
            return Read();
        });
    }

    public void Dispose()
    {
        _tls?.Dispose();
        _socket.Dispose();
    }

    /// <summary>One more reply, such as a message of a subscription.</summary>
    public RedisReply Receive() => Conversing(Read);

    private RedisReply Conversing(Func<RedisReply> step)
    {
        try
        {
            return step();
        }
        catch (IOException brokenUnderTls) when (brokenUnderTls.GetBaseException() is SocketException)
        {
            throw Broken((SocketException)brokenUnderTls.GetBaseException());
        }
        catch (SocketException broken)
        {
            throw Broken(broken);
        }
    }

    private IOException Broken(SocketException broken)
    {
        bool isLate = broken.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock;
        return new IOException(isLate ? $"{_name} did not answer in time" : $"{_name}: {broken.Message}", broken);
    }

    private static SslStream Secure(Socket socket, EndPoint endPoint, TlsClientSettings tls, TimeSpan? limit)
    {
        socket.ReceiveTimeout = socket.SendTimeout = (int)(limit ?? tls.HandshakeLimit).TotalMilliseconds;
        return tls.Secure(new NetworkStream(socket, ownsSocket: false), endPoint);
    }

    private RedisReply Read()
    {
        var scanner = new ReplyScanner();
        int scanned = _start;
        while (true)
        {
            ReplyStatus status = scanner.Scan(_buffer.AsSpan(scanned, _end - scanned), out int consumed);
            scanned += consumed;
            if (status == ReplyStatus.Complete) break;
            if (status != ReplyStatus.Incomplete) throw new IOException($"{_name} does not speak Redis's protocol");

            MakeRoom(ref scanned);
            _socket.ReceiveTimeout = Remaining();
            int received = _tls is null ? _socket.Receive(_buffer.AsSpan(_end)) : _tls.Read(_buffer.AsSpan(_end));
            if (received == 0) throw new IOException($"{_name} closed the connection");
            _end += received;
        }

        RedisReply reply = ReplyDecoder.Decode(_buffer.AsSpan(_start, scanned - _start));
        _start = scanned;
        return reply;
    }

    private void MakeRoom(ref int scanned)
    {
        if (_end < _buffer.Length) return;
        if (_end - _start >= _mostBytes) throw new IOException($"{_name} sends more than {_mostBytes} bytes");

        // By what has come, never by what was announced.
        byte[] roomier = _end - _start > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
        _buffer.AsSpan(_start, _end - _start).CopyTo(roomier);
        _buffer = roomier;
        scanned -= _start;
        _end -= _start;
        _start = 0;
    }

    private int Remaining()
    {
        if (_deadline == long.MaxValue) return 0;
        long left = (_deadline - Stopwatch.GetTimestamp()) * 1000 / Stopwatch.Frequency;
        if (left <= 0) throw new SocketException((int)SocketError.TimedOut);
        return (int)left;
    }
}
