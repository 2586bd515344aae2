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

    /// <summary>The gateway's own answer.</summary>
    Local,

    /// <summary>Its subcommand decides.</summary>
    Container,

    /// <summary>MULTI, EXEC and their kin.</summary>
    Transaction,
}
