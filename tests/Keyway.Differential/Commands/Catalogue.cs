using Keyway.Differential.Commands.Groups;

namespace Keyway.Differential.Commands;

/// <summary>All groups there are.</summary>
internal static class Catalogue
{
    /// <summary>Commands on values, on one connection.</summary>
    public static readonly CommandGroup[] Data =
    [
        StringCalls.Group, ListCalls.Group, HashCalls.Group, SetCalls.Group, SortedSetCalls.Group, GeoCalls.Group, StreamCalls.Group, BitmapCalls.Group, HyperLogLogCalls.Group, SortCalls.Group,
        SerializationCalls.Group, KeyCalls.Group,
    ];

    /// <summary>Commands on the server and the connection, on one connection.</summary>
    public static readonly CommandGroup[] Service = [ConnectionCalls.Group, ServerCalls.Group, PersistenceCalls.Group, ReplicationCalls.Group];

    /// <summary>What needs several connections.</summary>
    public static readonly CommandGroup[] Sessions = [TransactionCalls.Group, BlockingCalls.Group, PubSubCalls.Group, EventCalls.Group, ClientCalls.Group, RoleCalls.Group];

    /// <summary>What a gateway hands on to its shards.</summary>
    public static readonly CommandGroup[] ThroughGateway = [.. Data, TransactionCalls.Group, BlockingCalls.Group, PubSubCalls.Group];

    public static readonly CommandGroup[] All = [.. Data, .. Service, .. Sessions];

    /// <summary>True if two servers may answer differently, or keep different things, and both be right: it needs somebody to look at the one reply.</summary>
    public static bool IsUncertain(Call call) => call.Verb switch
    {
        Verb.Spop or Verb.Srandmember or Verb.Hrandfield or Verb.Zrandmember or Verb.Randomkey or Verb.Dump or Verb.Scan or Verb.Sscan or Verb.Hscan or Verb.Zscan or Verb.Select or Verb.Debug => true,
        Verb.Object => call.Name is "OBJECT IDLETIME" or "OBJECT FREQ",
        Verb.Xadd => call.Words.Contains("*"),
        _ => call.Words[0].StartsWith("FLUSH", StringComparison.OrdinalIgnoreCase) || call.Name is "SWAPDB" or "PFDEBUG GETREG",
    };
}
