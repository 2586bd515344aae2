using System.Net;
using Microsoft.Extensions.Logging;

namespace Keyway.Shard;

internal static partial class ShardLog
{
    [LoggerMessage(3000, LogLevel.Information, "Server initialized")]
    public static partial void Initialized(ILogger logger);

    [LoggerMessage(3001, LogLevel.Information, "Ready to accept connections")]
    public static partial void Ready(ILogger logger);

    [LoggerMessage(3002, LogLevel.Information, "Listening on {EndPoint}.")]
    public static partial void Listening(ILogger logger, EndPoint endPoint);

    [LoggerMessage(3003, LogLevel.Information, "The directive '{Directive}' is accepted, but has no effect on this server.")]
    public static partial void DirectiveWithoutEffect(ILogger logger, string directive);

    [LoggerMessage(3004, LogLevel.Warning, "The new maxmemory of {Limit} bytes is less than the {Used} bytes in use: with policy {Policy}, keys are evicted or new writes refused.")]
    public static partial void MemoryAboveLimit(ILogger logger, long limit, long used, string policy);

    [LoggerMessage(3005, LogLevel.Warning, "Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to Redis. This is likely due to an attacker attempting to use Cross Protocol Scripting to compromise your Redis instance. Connection from {Address} aborted.")]
    public static partial void CrossProtocol(ILogger logger, string address);

    [LoggerMessage(3006, LogLevel.Debug, "Protocol error from client {Id} at {Address}: {Error}")]
    public static partial void ProtocolError(ILogger logger, long id, string address, string error);

    [LoggerMessage(3007, LogLevel.Warning, "Closing client {Id} at {Address} that reached max query buffer length of {Bytes} bytes.")]
    public static partial void QueryBufferLimit(ILogger logger, long id, string address, long bytes);

    [LoggerMessage(3008, LogLevel.Debug, "Closing idle client {Id} at {Address}.")]
    public static partial void IdleClient(ILogger logger, long id, string address);

    [LoggerMessage(3009, LogLevel.Debug, "Closing client {Id} at {Address}: it has not authenticated and does not read its replies.")]
    public static partial void UnauthenticatedOutput(ILogger logger, long id, string address);

    [LoggerMessage(3010, LogLevel.Information, "User requested shutdown...")]
    public static partial void ShutdownRequested(ILogger logger);

    [LoggerMessage(3011, LogLevel.Information, "{Name} is now ready to exit, bye bye...")]
    public static partial void Stopped(ILogger logger, string name);

    [LoggerMessage(3013, LogLevel.Warning, "DEBUG LOG: {Message}")]
    public static partial void DebugLog(ILogger logger, string message);

    [LoggerMessage(3014, LogLevel.Information, "CONFIG REWRITE executed with success.")]
    public static partial void ConfigRewritten(ILogger logger);

    [LoggerMessage(3015, LogLevel.Warning, "CONFIG REWRITE failed: {Reason}")]
    public static partial void ConfigNotRewritten(ILogger logger, string reason);

    [LoggerMessage(3016, LogLevel.Warning, "Failed applying new configuration. Possibly related to new {Directive} setting. Restoring previous settings. {Reason}")]
    public static partial void SettingNotApplied(ILogger logger, string directive, string reason);

    [LoggerMessage(3017, LogLevel.Warning, "Cannot listen as CONFIG SET asks: {Reason}")]
    public static partial void NotListening(ILogger logger, string reason);

    [LoggerMessage(3040, LogLevel.Warning, "The system lets this process open too few files for maxclients {Wanted}: it is {Possible} instead. 'ulimit -n' raises the limit.")]
    public static partial void FewerClients(ILogger logger, long wanted, long possible);

    [LoggerMessage(3012, LogLevel.Debug, "Refusing a connection from {Address}: {Reason}.")]
    public static partial void ConnectionRefused(ILogger logger, string address, string reason);

    [LoggerMessage(3018, LogLevel.Warning, "Client {Client} scheduled to be closed ASAP for overcoming of output buffer limits.")]
    public static partial void OutputLimit(ILogger logger, string client);

    [LoggerMessage(3019, LogLevel.Information, "Evicting client: {Client}")]
    public static partial void EvictingClient(ILogger logger, string client);

    [LoggerMessage(3020, LogLevel.Warning, "Over client maxmemory after evicting all evictable clients")]
    public static partial void NobodyToEvict(ILogger logger);

    [LoggerMessage(3080, LogLevel.Warning, "Error accepting a client connection: {Reason} ({Address})")]
    public static partial void HandshakeFailed(ILogger logger, string reason, string address);

    [LoggerMessage(3081, LogLevel.Debug, "Error accepting a client connection from {Address}: {Reason}")]
    public static partial void AnotherHandshakeFailed(ILogger logger, string address, string reason);

    [LoggerMessage(3082, LogLevel.Debug, "Reading from client {Id} at {Address}: {Reason}")]
    public static partial void ClientBroken(ILogger logger, long id, string address, string reason);

    [LoggerMessage(3083, LogLevel.Warning, "{Reason}")]
    public static partial void TlsNotConfigured(ILogger logger, string reason);
}
