using System.Net;

namespace Keyway.Platform;

/// <summary>
/// What happens on a connection, told to whoever uses it: always on the loop's thread, never from within one of the user's own calls
/// (Send, Close, Connect …), so no handler is ever re-entered.
/// </summary>
public abstract class ConnectionHandler : Flushable
{
    /// <summary>The connection this handler serves. Set by the loop before the first call; stays set after the connection has ended.</summary>
    public Connection Connection { get; internal set; } = null!;

    /// <summary>Sends what was gathered in this turn; called once after <see cref="EventLoop.FlushLater"/>.</summary>
    public override void Flush() { }

    /// <summary>A connection asked for by <see cref="EventLoop.Connect(EndPoint, ConnectionHandler)"/> is established. Not called for accepted ones.</summary>
    public virtual void OnConnected() { }

    /// <summary>Bytes have come. They are the loop's own buffer: what is needed later must be copied before this returns.</summary>
    public abstract void OnReceived(ReadOnlySpan<byte> bytes);

    /// <summary>The peer will send nothing more, but may still read. Nothing else comes but <see cref="OnWritable"/> and <see cref="OnClosed"/>.</summary>
    public virtual void OnEndOfInput() => Connection.Close();

    /// <summary>
    /// Only after <see cref="Connection.WatchForHangUp"/>: the peer has ended its side, or is gone altogether, while reading is paused. What it sent before is
    /// unread, and still comes when reading resumes.
    /// </summary>
    public virtual void OnHangUp() { }

    /// <summary>After a short <see cref="Connection.Send(ReadOnlySpan{byte})"/>: there is room again. Called once for each time the room ran out.</summary>
    public virtual void OnWritable() { }

    /// <summary>
    /// The connection has ended, by either side: called exactly once, as the last call, also for a connection that could never be established.
    /// <paramref name="error"/> is null when it ended in good order (our own Close, or the peer's end of input).
    /// </summary>
    public abstract void OnClosed(Exception? error);
}
