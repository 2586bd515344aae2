using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Keyway.Tests.Admin;

/// <summary>A server that takes every request, answers PING at once, and anything else only when the test says what.</summary>
internal sealed class StuckShard : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<(Socket Socket, string Text)> _requests = new();
    private readonly ConcurrentBag<Socket> _sockets = [];

    public StuckShard()
    {
        _listener.Start();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Ends the connection of every request that holds this, without an answer.</summary>
    public string? HangUpOn { get; set; }

    public void WaitForRequest(string part) => Hosting.Eventually.True(
        () => _requests.Any(request => request.Text.Contains(part, StringComparison.Ordinal)), () => "no such request came");

    /// <summary>Answers the request that holds the part.</summary>
    public void Reply(string part, string bytes) =>
        _requests.First(request => request.Text.Contains(part, StringComparison.Ordinal)).Socket.Send(Encoding.Latin1.GetBytes(bytes));

    public void Dispose()
    {
        _listener.Dispose();
        foreach (Socket socket in _sockets) socket.Dispose();
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket socket = _listener.AcceptSocket();
                _sockets.Add(socket);
                new Thread(() => Read(socket)) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
            // The test is over.
        }
    }

    private void Read(Socket socket)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            while (socket.Receive(buffer) is > 0 and var received)
            {
                string text = Encoding.Latin1.GetString(buffer, 0, received);
                if (HangUpOn is { } part && text.Contains(part, StringComparison.Ordinal)) socket.Dispose();
                else if (text.Contains("PING", StringComparison.OrdinalIgnoreCase)) socket.Send("+PONG\r\n"u8);
                else _requests.Enqueue((socket, text));
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // Hung up, by either side.
        }
    }
}
