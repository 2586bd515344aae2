using System.Net;
using Keyway.Platform.Tls;

namespace Keyway.Platform;

/// <summary>An endpoint that accepts connections on one loop and offers each to its acceptor.</summary>
public abstract class Listener : IDisposable
{
    /// <summary>The endpoint really bound: with the port that the system chose where 0 was asked for.</summary>
    public abstract EndPoint EndPoint { get; }

    /// <summary>Another time for connections that come from now on; see <see cref="ListenOptions.KeepAliveSeconds"/>. Listeners that know no time ignore it.</summary>
    public virtual void SetKeepAlive(int seconds)
    {
    }

    /// <summary>Other certificates for connections that come from now on. Listeners without TLS ignore them.</summary>
    public virtual void SetTls(TlsServerSettings settings)
    {
    }

    /// <summary>Stops accepting. Connections already accepted live on.</summary>
    public abstract void Dispose();
}
