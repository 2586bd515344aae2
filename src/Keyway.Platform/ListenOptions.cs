using Keyway.Platform.Tls;

namespace Keyway.Platform;

public sealed record ListenOptions
{
    /// <summary>Redis's tcp-backlog default; the kernel cuts it to somaxconn.</summary>
    public int Backlog { get; init; } = 511;

    /// <summary>A connection silent for so long is probed, so that dead peers are noticed; Redis's tcp-keepalive default. 0 turns it off.</summary>
    public int KeepAliveSeconds { get; init; } = 300;

    /// <summary>The file mode of a Unix socket, set before anybody can connect; null leaves it to the umask.</summary>
    public UnixFileMode? UnixSocketMode { get; init; }

    /// <summary>Not null: clients must speak TLS.</summary>
    public TlsServerSettings? Tls { get; init; }
}
