using System.Net;

namespace Keyway.Platform.Epoll;

internal sealed unsafe class EpollAccepted(int descriptor, PeerAddress peer) : AcceptedConnection
{
    private int descriptor = descriptor;

    public PeerAddress Peer { get; } = peer;

    public override EndPoint? RemoteEndPoint => Peer.ToEndPoint();

    public int Take()
    {
        int mine = Interlocked.Exchange(ref descriptor, -1);
        return mine >= 0 ? mine : throw new InvalidOperationException("The connection was adopted or refused already.");
    }

    public override void Refuse(ReadOnlySpan<byte> lastWord)
    {
        int mine = Interlocked.Exchange(ref descriptor, -1);
        if (mine < 0) return;

        fixed (byte* bytes = lastWord)
        {
            if (lastWord.Length > 0) Libc.Send(mine, bytes, (nuint)lastWord.Length, Libc.MessageNoSignal);
        }

        // Input that nobody has read would turn the close into a reset, which can overtake the last word.
        _ = Libc.Shutdown(mine, Libc.ShutWrite);
        byte* dropped = stackalloc byte[4096];
        for (int reads = 0; reads < 16 && Libc.Receive(mine, dropped, 4096, 0) > 0; reads++) { }
        _ = Libc.Close(mine);
    }
}
