using System.Net;
using Microsoft.Extensions.Logging;

namespace Keyway.Sentinel;

/// <summary>What a sentinel tells an operator, in Redis's words where tools wait for them. Ids 5000 to 5099.</summary>
internal static partial class SentinelLog
{
    [LoggerMessage(5000, LogLevel.Trace, "{Text}")]
    public static partial void Debug(ILogger logger, string text);

    [LoggerMessage(5001, LogLevel.Debug, "{Text}")]
    public static partial void Verbose(ILogger logger, string text);

    [LoggerMessage(5002, LogLevel.Information, "{Text}")]
    public static partial void Notice(ILogger logger, string text);

    [LoggerMessage(5003, LogLevel.Warning, "{Text}")]
    public static partial void Warning(ILogger logger, string text);

    [LoggerMessage(5004, LogLevel.Warning, "Sentinel ID is {Id}")]
    public static partial void Id(ILogger logger, string id);

    [LoggerMessage(5005, LogLevel.Information, "Sentinel new configuration saved on disk")]
    public static partial void Saved(ILogger logger);

    [LoggerMessage(5007, LogLevel.Information, "Ready to accept connections")]
    public static partial void Ready(ILogger logger);

    [LoggerMessage(5008, LogLevel.Information, "Running mode=sentinel, port={Port}.")]
    public static partial void Running(ILogger logger, int port);

    [LoggerMessage(5009, LogLevel.Information, "The directive '{Directive}' is accepted, but has no effect on a sentinel.")]
    public static partial void DirectiveWithoutEffect(ILogger logger, string directive);

    [LoggerMessage(5010, LogLevel.Debug, "The link to {Address} is of no use: {Reason}")]
    public static partial void LinkRefused(ILogger logger, string address, string reason);

    [LoggerMessage(5011, LogLevel.Debug, "Refusing a connection from {Address}: {Reason}.")]
    public static partial void ConnectionRefused(ILogger logger, string address, string reason);

    [LoggerMessage(5012, LogLevel.Debug, "Protocol error from client {Id} at {Address}: {Error}")]
    public static partial void ProtocolError(ILogger logger, long id, string address, string error);

    [LoggerMessage(5013, LogLevel.Warning, "Closing the client at {Address}: its request is too long.")]
    public static partial void InputLimit(ILogger logger, string address);

    [LoggerMessage(5014, LogLevel.Warning, "Closing the client at {Address}: it does not read its messages.")]
    public static partial void OutputLimit(ILogger logger, string address);

    [LoggerMessage(5015, LogLevel.Warning, "Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to Redis. This is likely due to an attacker attempting to use Cross Protocol Scripting to compromise your Redis instance. Connection from {Address} aborted.")]
    public static partial void CrossProtocol(ILogger logger, string address);

    [LoggerMessage(5016, LogLevel.Warning, "User requested shutdown...")]
    public static partial void ShutdownRequested(ILogger logger);

    [LoggerMessage(5017, LogLevel.Warning, "Sentinel is now ready to exit, bye bye...")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(5018, LogLevel.Warning, "Sentinel CRASH because of SENTINEL simulate-failure")]
    public static partial void SimulatedCrash(ILogger logger);

    [LoggerMessage(5019, LogLevel.Information, "Received {Signal} scheduling shutdown...")]
    public static partial void SignalReceived(ILogger logger, string signal);

    [LoggerMessage(5020, LogLevel.Debug, "Closing idle client {Id} at {Address}.")]
    public static partial void IdleClient(ILogger logger, long id, string address);

    [LoggerMessage(5021, LogLevel.Warning, "Error accepting a client connection: {Reason} ({Address})")]
    public static partial void HandshakeFailed(ILogger logger, string reason, string address);

    [LoggerMessage(5022, LogLevel.Information, "Listening on {EndPoint}.")]
    public static partial void Listening(ILogger logger, EndPoint endPoint);
}
