using System.Net;
using Microsoft.Extensions.Logging;

namespace Keyway.Gateway;

/// <summary>What the gateway tells an operator. Ids 2000 to 2999.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(2001, LogLevel.Information, "Shard {Shard} at {Address} answers.")]
    public static partial void ShardUp(ILogger logger, string shard, string address);

    [LoggerMessage(2002, LogLevel.Warning, "Shard {Shard} at {Address} does not answer: {Reason}. Its keys get -TRYAGAIN; probing it until it is back.")]
    public static partial void ShardDown(ILogger logger, string shard, string address, string reason);

    [LoggerMessage(2003, LogLevel.Warning, "Shard {Shard} at {Address} refuses {Step}: {Text}. Check its user, password and databases in the map.")]
    public static partial void HandshakeRefused(ILogger logger, string shard, string address, string step, string text);

    [LoggerMessage(2004, LogLevel.Warning, "Closed a link to shard {Shard} at {Address}: {Reason}. Its requests were answered with errors.")]
    public static partial void LinkDoubted(ILogger logger, string shard, string address, string reason);

    [LoggerMessage(2005, LogLevel.Warning, "Closed a client that did not take its replies: a large reply of shard {Shard} held up others for {Waited}.")]
    public static partial void SlowReaderClosed(ILogger logger, string shard, string waited);

    [LoggerMessage(2006, LogLevel.Warning, "Closed a client of pool {Pool}: {Reason}.")]
    public static partial void ClientOverLimit(ILogger logger, string pool, string reason);

    [LoggerMessage(2007, LogLevel.Warning, "Refused a client of pool {Pool}: {Clients} are connected, and max_clients is {Limit}.")]
    public static partial void TooManyClients(ILogger logger, string pool, long clients, int limit);

    [LoggerMessage(2008, LogLevel.Information, "The keys of {Command} lie in several units under '{Prefix}'. To keep such keys together, give their prefix a shard: - {{ prefix: \"{Prefix}\", shard: {Shard} }}")]
    public static partial void CrossSlot(ILogger logger, string command, string prefix, string shard);

    [LoggerMessage(2009, LogLevel.Error, "A bug: an exception reached the event loop. The connection it came from was closed.")]
    public static partial void Unhandled(ILogger logger, Exception exception);

    [LoggerMessage(2010, LogLevel.Debug, "A client of pool {Pool} broke the protocol: {Error}.")]
    public static partial void ProtocolError(ILogger logger, string pool, string error);

    [LoggerMessage(2011, LogLevel.Warning, "Possible attack: a client of pool {Pool} speaks HTTP to this port. Its connection was closed.")]
    public static partial void CrossProtocol(ILogger logger, string pool);

    [LoggerMessage(2012, LogLevel.Information, "Reload: {Change}.")]
    public static partial void ReloadChange(ILogger logger, string change);

    [LoggerMessage(2013, LogLevel.Warning, "Shard {Shard} at {Address} is loading its data. Its keys get -TRYAGAIN until it has it.")]
    public static partial void ShardLoading(ILogger logger, string shard, string address);

    [LoggerMessage(2030, LogLevel.Information, "Shard {Shard}: {Address} is its master.")]
    public static partial void MasterFound(ILogger logger, string shard, string address);

    [LoggerMessage(2031, LogLevel.Warning, "Shard {Shard}: {Address} is its master now, in the place of {Before}.")]
    public static partial void MasterExchanged(ILogger logger, string shard, string address, string before);

    [LoggerMessage(2032, LogLevel.Warning, "Shard {Shard} has no master that answers: {Reason}. Requests for it wait; looking again until it has one.")]
    public static partial void MasterMissed(ILogger logger, string shard, string reason);

    [LoggerMessage(2033, LogLevel.Information, "Cluster {Shard}: {Shards} masters and their replicas, {Slots} slots are served.")]
    public static partial void ClusterFound(ILogger logger, string shard, int shards, int slots);

    [LoggerMessage(2034, LogLevel.Information, "Cluster {Shard} has changed: {Shards} masters and their replicas, {Slots} slots are served.")]
    public static partial void ClusterChanged(ILogger logger, string shard, int shards, int slots);

    [LoggerMessage(2035, LogLevel.Warning, "Cluster {Shard} cannot be asked for its servers: {Reason}. Requests for it wait; asking again until one answers.")]
    public static partial void ClusterMissed(ILogger logger, string shard, string reason);

    [LoggerMessage(2036, LogLevel.Information, "Shard {Shard} has commands that this version does not know; they are served: {Names}.")]
    public static partial void CommandsLearned(ILogger logger, string shard, string names);

    [LoggerMessage(2060, LogLevel.Warning, "Shard {Shard}: the link to {Address} on which {Subscriptions} subscriptions stood is gone: {Reason}. Subscribing again; messages sent meanwhile are lost.")]
    public static partial void SubscriptionsInterrupted(ILogger logger, string shard, string address, string reason, int subscriptions);

    [LoggerMessage(2061, LogLevel.Information, "Shard {Shard}: {Subscriptions} subscriptions stand again at {Address}, after {Milliseconds} ms.")]
    public static partial void SubscriptionsRestored(ILogger logger, string shard, string address, int subscriptions, long milliseconds);

    [LoggerMessage(2062, LogLevel.Warning, "Shard {Shard} at {Address} did not confirm a subscription in time. Clients are told that they are subscribed; its messages come once it answers.")]
    public static partial void SubscriptionsUnconfirmed(ILogger logger, string shard, string address);

    [LoggerMessage(2063, LogLevel.Warning, "Shard {Shard} at {Address} refuses a subscription: {Text}. May its user in the map listen to all channels?")]
    public static partial void SubscriptionRefused(ILogger logger, string shard, string address, string text);

    [LoggerMessage(2014, LogLevel.Information, "Loop {Loop} had slow turns: {Count}, the longest of {Milliseconds} ms ({OnCore} ms on a core), {Seconds} s after the start.")]
    public static partial void SlowTurns(ILogger logger, int loop, long count, double milliseconds, double onCore, double seconds);

    [LoggerMessage(2040, LogLevel.Warning, "Closed a client of pool {Pool} at {Address}: no TLS could be agreed on ({Reason}).")]
    public static partial void HandshakeFailed(ILogger logger, string pool, EndPoint? address, string reason);

    [LoggerMessage(2041, LogLevel.Warning, "Closed a client of pool {Pool} at {Address}: it speaks TLS, and the pool has none. Give the pool 'tls: {{ cert: …, key: … }}', or the client no TLS.")]
    public static partial void TlsOnPlainPort(ILogger logger, string pool, EndPoint? address);

    [LoggerMessage(2042, LogLevel.Debug, "Closed another client of pool {Pool}: {Reason}.")]
    public static partial void AnotherStranger(ILogger logger, string pool, string reason);
}
