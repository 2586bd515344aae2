using Keyway.Gateway.Links;

namespace Keyway.Gateway.Shards;

/// <summary>What one server said of itself when it was last asked, or why it said nothing.</summary>
internal sealed record NodeReport(ServerAddress Server)
{
    /// <summary>When it was asked; what it says is no older.</summary>
    public long AskedTicks { get; init; }

    /// <summary>Why it cannot be asked, or will not serve; null for one that answers and serves.</summary>
    public string? Trouble { get; init; }

    public FailureKind TroubleKind { get; init; }

    /// <summary>It has answered: what follows is known.</summary>
    public bool Answered { get; init; }

    public bool IsMaster { get; init; }

    public bool IsLoading => Trouble is not null && TroubleKind == FailureKind.Loading;

    /// <summary>It refuses our credentials: waiting will not help.</summary>
    public bool IsRefusing => Trouble is not null && TroubleKind == FailureKind.Handshake;

    /// <summary>The name of the history that it has; a replica that is in step has its master's. Empty when it does not say.</summary>
    public string History { get; init; } = "";

    /// <summary>The history that it went on from when it was promoted; empty for none.</summary>
    public string FormerHistory { get; init; } = "";

    /// <summary>How much of its history it has.</summary>
    public long Offset { get; init; }

    /// <summary>A replica's link to its master stands.</summary>
    public bool IsLinked { get; init; }

    /// <summary>A replica whose data are whole, if old.</summary>
    public bool HasData { get; init; }

    /// <summary>The address at which a replica has its master.</summary>
    public ServerAddress? Follows { get; init; }

    public bool IsReplica => Answered && !IsMaster;

    /// <summary>It says that it is the master, and serves.</summary>
    public bool Claims => Answered && IsMaster && Trouble is null;

    /// <summary>In few words, for an error or a log.</summary>
    public string InWords =>
        Trouble is not null ? $"{Server}: {Trouble}"
        : !Answered ? $"{Server}: not asked yet"
        : IsMaster ? $"{Server} says that it is a master"
        : $"{Server} is a replica{(Follows is null ? "" : $" of {Follows}")}";
}
