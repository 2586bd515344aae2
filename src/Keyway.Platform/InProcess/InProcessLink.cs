namespace Keyway.Platform.InProcess;

/// <summary>What the two ends of a connection inside the process share.</summary>
internal sealed class InProcessLink(InProcessEndPoint endPoint)
{
    private InProcessConnection? client;
    private InProcessConnection? server;

    public InProcessEndPoint EndPoint { get; } = endPoint;

    public ByteRing ToServer { get; } = new();

    public ByteRing ToClient { get; } = new();

    public void Attach(InProcessConnection end, bool isClient)
    {
        // A full fence: either the other end sees this one when it has written, or this one sees what was written.
        if (isClient) Interlocked.Exchange(ref client, end);
        else Interlocked.Exchange(ref server, end);
    }

    public void SignalClient() => Volatile.Read(ref client)?.Signal.Raise();

    /// <summary>Does nothing while nobody has adopted the server's end: it looks when it is adopted.</summary>
    public void SignalServer()
    {
        Interlocked.MemoryBarrier();
        Volatile.Read(ref server)?.Signal.Raise();
    }
}
