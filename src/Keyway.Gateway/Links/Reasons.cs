using System.Globalization;
using System.Net.Sockets;
using Keyway.Platform.Tls;

namespace Keyway.Gateway.Links;

/// <summary>Words for what went wrong with a shard, short enough to stand in an error reply.</summary>
internal static class Reasons
{
    private const byte TlsAlert = 21;

    /// <param name="isPlainHandshake">The connection stood, and we had spoken plainly.</param>
    public static string ConnectFailed(Exception? error, bool isPlainHandshake = false) => error switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connection refused",
        SocketException { SocketErrorCode: SocketError.TimedOut } => "no answer to the connection",
        SocketException { SocketErrorCode: SocketError.HostUnreachable or SocketError.NetworkUnreachable } => "host unreachable",
        SocketException { SocketErrorCode: SocketError.HostNotFound } => "its host name is not known",
        SocketException { SocketErrorCode: SocketError.ConnectionReset } when isPlainHandshake => ClosedInHandshake(isPlain: true),
        null => "connection closed during its handshake",
        TlsException => $"TLS: {Plain(error.Message)}",
        _ => "connection failed: " + error.Message.ReplaceLineEndings(" "),
    };

    /// <summary>A TLS port may hang up on who speaks plainly, without a word.</summary>
    public static string ClosedInHandshake(bool isPlain) => isPlain ? "it closed the connection during its handshake; a TLS port does so: see 'tls'" : "it closed the connection during its handshake";

    /// <param name="first">The first byte of an answer that is none.</param>
    public static string NoResp(byte first) =>
        first == TlsAlert ? "it speaks TLS, and this shard has no 'tls' in the map" : "its answer to the handshake is not RESP";

    public static string HandshakeRefused(HandshakeRefusal refusal) => $"it refused {refusal.Step}: {refusal.Text}";

    public static string Duration(long ms) =>
        ms % 1000 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{ms / 1000}s") : string.Create(CultureInfo.InvariantCulture, $"{ms}ms");

    // "error:0A000412:SSL routines::ssl/tls alert bad certificate": the end of it is for people.
    private static string Plain(string message)
    {
        int routines = message.LastIndexOf("::", StringComparison.Ordinal);
        string text = routines < 0 ? message : message[(routines + 2)..];
        bool isOurs = text.Contains("alert", StringComparison.Ordinal) && text.Contains("certificate", StringComparison.Ordinal) || text.EndsWith("alert unknown ca", StringComparison.Ordinal);
        return (isOurs ? $"it refused our certificate ({text})" : text).ReplaceLineEndings(" ");
    }
}
