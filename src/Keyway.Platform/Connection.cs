using System.Net;

namespace Keyway.Platform;

/// <summary>A byte stream to a peer, owned by one loop: every member is for that loop's thread alone. It buffers nothing of its own (TLS no more than it has just encrypted).</summary>
/// <remarks>TLS is a connection that lies over another, and for its user like any other.</remarks>
public abstract class Connection
{
    protected Connection(EventLoop loop, ConnectionHandler handler)
    {
        Loop = loop;
        Handler = handler;
        handler.Connection = this;
    }

    public EventLoop Loop { get; }

    /// <summary>Who hears of events. May be exchanged (a handshake hands over to what follows); the new one is told nothing of the past.</summary>
    public ConnectionHandler Handler { get; private set; }

    public abstract EndPoint? RemoteEndPoint { get; }

    public abstract EndPoint? LocalEndPoint { get; }

    /// <summary>False from the moment that nothing more can be sent or will be received.</summary>
    public abstract bool IsOpen { get; }

    /// <summary>The system's number for the socket, for operators (CLIENT LIST's fd); -1 where it has none, and once it is closed.</summary>
    public virtual int Descriptor => -1;

    public void HandOver(ConnectionHandler next)
    {
        Handler = next;
        next.Connection = this;
    }

    /// <summary>
    /// Hands bytes to the transport and returns how many it took. Fewer than offered means that there is no room: keep the rest, and
    /// <see cref="ConnectionHandler.OnWritable"/> says when to go on. A broken connection takes nothing; OnClosed follows.
    /// </summary>
    public abstract int Send(ReadOnlySpan<byte> bytes);

    /// <summary>The same for bytes that lie in two pieces (a ring that wraps), in one system call where the transport has one.</summary>
    public virtual int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        int taken = Send(first);
        return taken < first.Length ? taken : taken + Send(second);
    }

    /// <summary>
    /// Whether small pieces are held back while others are under way (true), so that fewer packets go, or leave at once (false), as they do at first. Where
    /// there are no packets it means nothing.
    /// </summary>
    public virtual void GatherPackets(bool isOn)
    {
    }

    /// <summary>Stops OnReceived (and OnEndOfInput) until <see cref="ResumeReading"/>; the peer feels it once the transport's buffers are full.</summary>
    public abstract void PauseReading();

    public abstract void ResumeReading();

    /// <summary>
    /// While reading is paused nothing tells that the peer has ended its side. From here on, until reading resumes, <see cref="ConnectionHandler.OnHangUp"/>
    /// does, once, as soon as the transport knows (sockets of pool threads: when no more is unread than they take in by themselves).
    /// </summary>
    public abstract void WatchForHangUp();

    /// <summary>
    /// A peer that has died without a word is noticed after so much silence and a few seconds more, however long it may rightly be silent. Where there is no
    /// network it means nothing.
    /// </summary>
    public virtual void ProbeAfter(int seconds)
    {
    }

    /// <summary>Ends the connection; what Send has taken is still delivered. OnClosed follows, with a null error.</summary>
    public abstract void Close();

    /// <summary>Ends it at once, and the peer learns that it was cut (a reset where the transport has one). OnClosed follows, with a null error.</summary>
    public abstract void Abort();
}
