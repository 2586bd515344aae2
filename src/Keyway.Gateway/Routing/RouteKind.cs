namespace Keyway.Gateway.Routing;

/// <summary>What the router does with a command: its row's policies, narrowed to what this gateway serves, in one byte.</summary>
internal enum RouteKind : byte
{
    /// <summary>Answered with Keyway's own refusal.</summary>
    Refused,

    /// <summary>One key, the first argument: the straight road.</summary>
    OneKey,

    /// <summary>Several keys, or one at another place, or none: one unit.</summary>
    OneUnit,

    /// <summary>One part per owner.</summary>
    Split,

    /// <summary>Every shard of the pool.</summary>
    AllShards,

    /// <summary>One step of a walk through the keys: one shard, and where to go on.</summary>
    Scan,

    /// <summary>Every shard that the client has written to, on private links.</summary>
    Wait,

    /// <summary>Scripts and functions of all shards.</summary>
    Script,

    /// <summary>The gateway's own answer.</summary>
    Local,

    /// <summary>It may wait: one unit, on a private link.</summary>
    Blocking,

    /// <summary>Begins or ends listening.</summary>
    Subscription,

    /// <summary>A message: to the shard that would own a key of the channel's name.</summary>
    Publish,

    /// <summary>Its subcommand decides.</summary>
    Container,

    /// <summary>MULTI, EXEC and their kin.</summary>
    Transaction,
}
