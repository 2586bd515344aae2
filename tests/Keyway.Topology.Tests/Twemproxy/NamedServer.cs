using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Keyway.Topology.Tests.Twemproxy;

/// <summary>A server that answers every request with its own name: what a proxy relays says where it sent the key.</summary>
internal sealed class NamedServer : IDisposable
{
    private readonly TcpListener _listener;
    private readonly byte[] _reply;

    public NamedServer(string name, IPAddress? address = null, int port = 0)
    {
        _reply = Encoding.ASCII.GetBytes($"${name.Length}\r\n{name}\r\n");
        _listener = new TcpListener(address ?? IPAddress.Loopback, port);
        _listener.Start();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket client = _listener.AcceptSocket();
                new Thread(() => Serve(client)) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
            // Disposed: the test is over.
        }
    }

    private void Serve(Socket client)
    {
        client.NoDelay = true;
        using var stream = new BufferedStream(new NetworkStream(client, ownsSocket: true), 64 * 1024);
        try
        {
            while (ReadHeader(stream, '*') is { } arguments)
            {
                for (int i = 0; i < arguments; i++)
                {
                    int length = ReadHeader(stream, '$') ?? throw new EndOfStreamException();
                    stream.ReadExactly(new byte[length + 2]);
                }

                client.Send(_reply);
            }
        }
        catch (IOException)
        {
            // The proxy has gone: the test is over.
        }
        catch (SocketException)
        {
        }
    }

    private static int? ReadHeader(Stream stream, char kind)
    {
        int first = stream.ReadByte();
        if (first < 0) return null;
        if (first != kind) throw new InvalidDataException($"expected '{kind}'");

        int number = 0;
        int next;
        while ((next = stream.ReadByte()) != '\r') number = number * 10 + next - '0';
        stream.ReadByte();
        return number;
    }
}
