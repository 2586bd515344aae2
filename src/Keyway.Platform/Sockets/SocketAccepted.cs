using System.Net;
using System.Net.Sockets;

namespace Keyway.Platform.Sockets;

internal sealed class SocketAccepted(Socket socket) : AcceptedConnection
{
    private Socket? socket = socket;

    public override EndPoint? RemoteEndPoint { get; } = socket.RemoteEndPoint;

    public Socket Take() =>
        Interlocked.Exchange(ref socket, null) ?? throw new InvalidOperationException("The connection was adopted or refused already.");

    public override void Refuse(ReadOnlySpan<byte> lastWord)
    {
        using Socket? mine = Interlocked.Exchange(ref socket, null);
        if (mine == null) return;

        mine.Blocking = false;
        if (lastWord.Length > 0) mine.Send(lastWord, SocketFlags.None, out _);
        try
        {
            // Input that nobody has read would turn the close into a reset, which can overtake the last word.
            mine.Shutdown(SocketShutdown.Send);
            Span<byte> dropped = stackalloc byte[4096];
            for (int reads = 0; reads < 16 && mine.Receive(dropped, SocketFlags.None, out _) > 0; reads++) { }
        }
        catch (SocketException)
        {
            // The client has left already: nobody to say it to.
        }
    }
}
