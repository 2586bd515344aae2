using System.Net;

namespace Keyway.Platform.InProcess;

internal sealed class InProcessAccepted(InProcessLink link) : AcceptedConnection
{
    private int isTaken;

    public override EndPoint? RemoteEndPoint => link.EndPoint;

    public Connection AdoptOn(EventLoop loop, ConnectionHandler handler)
    {
        if (Interlocked.Exchange(ref isTaken, 1) != 0) throw new InvalidOperationException("The connection was adopted or refused already.");
        return InProcessConnection.Accept(loop, link, handler);
    }

    public override void Refuse(ReadOnlySpan<byte> lastWord)
    {
        if (Interlocked.Exchange(ref isTaken, 1) != 0) return;

        link.ToClient.Write(lastWord);
        link.ToClient.EndWriting();
        link.ToServer.EndReading();
        link.SignalClient();
    }
}
