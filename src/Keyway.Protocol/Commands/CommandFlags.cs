namespace Keyway.Protocol.Commands;

/// <summary>What a command is and when it may run, in the order in which COMMAND lists it; <see cref="CommandNames"/> has its words.</summary>
[Flags]
public enum CommandFlags : uint
{
    None = 0,
    Write = 1 << 0,
    ReadOnly = 1 << 1,

    /// <summary>Refused while the memory limit is passed.</summary>
    DenyOom = 1 << 2,
    Module = 1 << 3,
    Admin = 1 << 4,
    PubSub = 1 << 5,
    NoScript = 1 << 6,
    Blocking = 1 << 7,

    /// <summary>Allowed while the data set is being loaded.</summary>
    Loading = 1 << 8,

    /// <summary>Allowed on a replica that has lost its master and may not serve stale data.</summary>
    Stale = 1 << 9,
    SkipMonitor = 1 << 10,
    SkipSlowLog = 1 << 11,
    Asking = 1 << 12,
    Fast = 1 << 13,
    NoAuth = 1 << 14,

    /// <summary>May send something to replicas although it is not a write, so a pause of writes holds it too. COMMAND does not show it.</summary>
    MayReplicate = 1 << 15,
    NoMandatoryKeys = 1 << 16,

    /// <summary>Off unless the configuration allows it (enable-debug-command and the like). COMMAND does not show it.</summary>
    Protected = 1 << 17,
    NoAsyncLoading = 1 << 18,
    NoMulti = 1 << 19,

    /// <summary>The places of the keys depend on the other arguments.</summary>
    MovableKeys = 1 << 20,
    AllowBusy = 1 << 21,

    /// <summary>Touches keys that it does not name. Only servers after 7.0 report it.</summary>
    TouchesArbitraryKeys = 1 << 22,
}
