using System.Net;
using Keyway.Platform.Tls;

namespace Keyway.Platform;

/// <summary>A connection that nobody owns yet. It may be carried to another loop's thread and adopted there.</summary>
public abstract class AcceptedConnection
{
    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>The same, but whoever adopts it speaks TLS: until the two ends agree nothing is received and sends are not taken.</summary>
    public AcceptedConnection Secure(TlsServerSettings settings) => new TlsAccepted(this, settings);

    /// <summary>Says a last word (may be empty), best effort and without blocking, and closes.</summary>
    public abstract void Refuse(ReadOnlySpan<byte> lastWord);
}
