using System.Net;

namespace Keyway.Platform.Tls;

/// <summary>A connection that somebody has opened at a TLS port and not yet said a word on.</summary>
internal sealed class TlsAccepted(AcceptedConnection transport, TlsServerSettings settings) : AcceptedConnection
{
    public AcceptedConnection Transport => transport;

    public TlsServerSettings Settings => settings;

    public override EndPoint? RemoteEndPoint => transport.RemoteEndPoint;

    /// <summary>Without the last word: to say it we would have to agree on a secret first, which is dear, and refusing must be cheap.</summary>
    public override void Refuse(ReadOnlySpan<byte> lastWord) => transport.Refuse([]);
}
