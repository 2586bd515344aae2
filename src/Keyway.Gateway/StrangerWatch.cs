using System.Net;
using Microsoft.Extensions.Logging;

namespace Keyway.Gateway;

/// <summary>
/// Tells of peers that speak something else here than Redis's protocol, or it where TLS is spoken. Anybody can connect and do so as often as they like,
/// so one of them is told in a second, and the others for who looks closer.
/// </summary>
internal sealed class StrangerWatch(ILogger log)
{
    private const int PeriodMs = 1000;

    private long _nextMs;

    /// <summary>A web page can make a browser send requests of its own to us, with commands in their bodies.</summary>
    public void NoteHttp(string pool, long nowMs)
    {
        if (IsDue(nowMs)) GatewayLog.CrossProtocol(log, pool);
        else GatewayLog.AnotherStranger(log, pool, "speaks HTTP");
    }

    public void NoteTls(string pool, EndPoint? client, long nowMs)
    {
        if (IsDue(nowMs)) GatewayLog.TlsOnPlainPort(log, pool, client);
        else GatewayLog.AnotherStranger(log, pool, "speaks TLS");
    }

    public void NoteHandshake(string pool, EndPoint? client, string reason, long nowMs)
    {
        if (IsDue(nowMs)) GatewayLog.HandshakeFailed(log, pool, client, reason);
        else GatewayLog.AnotherStranger(log, pool, reason);
    }

    private bool IsDue(long nowMs)
    {
        if (nowMs < _nextMs) return false;
        _nextMs = nowMs + PeriodMs;
        return true;
    }
}
