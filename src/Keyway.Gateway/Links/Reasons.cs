using System.Globalization;
using System.Net.Sockets;

namespace Keyway.Gateway.Links;

/// <summary>Words for what went wrong with a shard, short enough to stand in an error reply.</summary>
internal static class Reasons
{
    public static string ConnectFailed(Exception? error) => error switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connection refused",
        SocketException { SocketErrorCode: SocketError.TimedOut } => "no answer to the connection",
        SocketException { SocketErrorCode: SocketError.HostUnreachable or SocketError.NetworkUnreachable } => "host unreachable",
        SocketException { SocketErrorCode: SocketError.HostNotFound } => "its host name is not known",
        null => "connection closed during its handshake",
        _ => "connection failed: " + error.Message.ReplaceLineEndings(" "),
    };

    public static string HandshakeRefused(HandshakeRefusal refusal) => $"it refused {refusal.Step}: {refusal.Text}";

    public static string Duration(long ms) =>
        ms % 1000 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{ms / 1000}s") : string.Create(CultureInfo.InvariantCulture, $"{ms}ms");
}
