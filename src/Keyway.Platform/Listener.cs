using System.Net;

namespace Keyway.Platform;

/// <summary>An endpoint that accepts connections on one loop and offers each to its acceptor.</summary>
public abstract class Listener : IDisposable
{
    /// <summary>The endpoint really bound: with the port that the system chose where 0 was asked for.</summary>
    public abstract EndPoint EndPoint { get; }

    /// <summary>Stops accepting. Connections already accepted live on.</summary>
    public abstract void Dispose();
}

/// <summary>Decides what becomes of an accepted connection. Called on the listener's loop.</summary>
public interface IAcceptor
{
    /// <summary>Must end in exactly one call of <see cref="EventLoop.Adopt"/> (on any loop, on that loop's thread) or <see cref="AcceptedConnection.Refuse"/>.</summary>
    void OnAccepted(AcceptedConnection accepted);
}

/// <summary>A connection that nobody owns yet. It may be carried to another loop's thread and adopted there.</summary>
public abstract class AcceptedConnection
{
    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>Says a last word (may be empty), best effort and without blocking, and closes.</summary>
    public abstract void Refuse(ReadOnlySpan<byte> lastWord);
}

public sealed record ListenOptions
{
    /// <summary>Redis's tcp-backlog default; the kernel cuts it to somaxconn.</summary>
    public int Backlog { get; init; } = 511;

    /// <summary>A connection silent for so long is probed, so that dead peers are noticed; Redis's tcp-keepalive default. 0 turns it off.</summary>
    public int KeepAliveSeconds { get; init; } = 300;

    /// <summary>The file mode of a Unix socket, set before anybody can connect; null leaves it to the umask.</summary>
    public UnixFileMode? UnixSocketMode { get; init; }
}

/// <summary>The endpoint is taken; <see cref="Exception.Message"/> says by whom where the system tells.</summary>
public sealed class AddressInUseException(string message, Exception? inner = null) : IOException(message, inner);
