using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Keyway.Testing.RealServers;

/// <summary>A small blocking client for tests: exact bytes out, exact bytes in. Strings are Latin-1, so every byte has its character.</summary>
public sealed class RespClient : IDisposable
{
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(20);

    private readonly Socket socket;
    private byte[] buffer = new byte[16 * 1024];
    private int start;
    private int end;

    private RespClient(Socket socket) => this.socket = socket;

    public static RespClient Connect(int port) => Connect(new IPEndPoint(IPAddress.Loopback, port));

    public static RespClient Connect(EndPoint endPoint)
    {
        bool isUnix = endPoint is UnixDomainSocketEndPoint;
        ProtocolType protocol = isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, protocol);
        try
        {
            if (!isUnix) socket.NoDelay = true;
            socket.ReceiveTimeout = (int)SilenceLimit.TotalMilliseconds;
            socket.SendTimeout = (int)SilenceLimit.TotalMilliseconds;
            socket.Connect(endPoint);
            return new RespClient(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public Socket Socket => socket;

    /// <summary>One request, sent and answered.</summary>
    public RespValue Call(params string[] arguments)
    {
        Send(arguments);
        return ReadReply();
    }

    public RespValue Call(params byte[][] arguments)
    {
        Send(arguments);
        return ReadReply();
    }

    public void Send(params string[] arguments) => SendRaw(Encode(arguments));

    public void Send(params byte[][] arguments) => SendRaw(Encode(arguments));

    public void SendRaw(string bytes) => SendRaw(Encoding.Latin1.GetBytes(bytes));

    public void SendRaw(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[socket.Send(bytes)..];
    }

    public RespValue ReadReply() => RespValue.Parse(ReadRaw());

    /// <summary>The bytes of the next reply, exactly as they came. Throws when the peer closes or stays silent.</summary>
    public byte[] ReadRaw()
    {
        int position = start;
        SkipValue(ref position);
        byte[] reply = buffer[start..position];
        start = position;
        return reply;
    }

    public string ReadRawText() => Encoding.Latin1.GetString(ReadRaw());

    /// <summary>True when the peer has closed (or reset) without sending anything more.</summary>
    public bool IsClosedByPeer()
    {
        if (start < end) return false;
        try
        {
            return socket.Receive(new byte[1], SocketFlags.Peek) == 0;
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true;
        }
    }

    public void Dispose() => socket.Dispose();

    public static byte[] Encode(params string[] arguments) => Encode(Array.ConvertAll(arguments, Encoding.Latin1.GetBytes));

    public static byte[] Encode(params byte[][] arguments)
    {
        using var request = new MemoryStream();
        request.Write(Encoding.Latin1.GetBytes($"*{arguments.Length}\r\n"));
        foreach (byte[] argument in arguments)
        {
            request.Write(Encoding.Latin1.GetBytes($"${argument.Length}\r\n"));
            request.Write(argument);
            request.Write("\r\n"u8);
        }
        return request.ToArray();
    }

    private void SkipValue(ref int position)
    {
        long open = 1;      // values still to come
        while (open-- > 0)
        {
            string header = ReadLine(ref position);
            char kind = header[0];
            switch (kind)
            {
                case '$' or '=' or '!' when header[1] != '-':
                    position += int.Parse(header.AsSpan(1)) + 2;
                    while (end < position) Receive(ref position);
                    break;
                case '*' or '~' or '>' when header[1] != '-':
                    open += long.Parse(header.AsSpan(1));
                    break;
                case '%':
                    open += 2 * long.Parse(header.AsSpan(1));
                    break;
                case '|':
                    open += (2 * long.Parse(header.AsSpan(1))) + 1;     // an attribute precedes the value that it describes
                    break;
            }
        }
    }

    private string ReadLine(ref int position)
    {
        int searched = position;
        while (true)
        {
            int found = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                string line = Encoding.Latin1.GetString(buffer, position, searched + found - 1 - position);
                position = searched + found + 1;
                return line;
            }
            int scanned = end - position;
            Receive(ref position);
            searched = position + scanned;
        }
    }

    private void Receive(ref int position)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            position -= start;
            end -= start;
            start = 0;
        }
        if (end == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);

        int received = socket.Receive(buffer.AsSpan(end));
        if (received == 0) throw new EndOfStreamException("the peer closed the connection");
        end += received;
    }
}
