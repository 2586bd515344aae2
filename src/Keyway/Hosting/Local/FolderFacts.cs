using Keyway.Shard.Persistence;

namespace Keyway.Hosting.Local;

/// <summary>What the folder of a server that does not run says about it.</summary>
internal sealed record FolderFacts
{
    public required int Port { get; init; }

    /// <summary>False where the map names the port no more.</summary>
    public bool IsInMap { get; init; } = true;

    public FolderRole Role { get; init; }

    /// <summary>There are files that may hold keys.</summary>
    public bool HasKeys { get; init; }

    /// <summary>How far in which history of writes its files have come; null where they do not say.</summary>
    public SavedPosition? Position { get; init; }

    /// <summary>A folder that was emptied has neither; one whose keys were all deleted still says how far it has come.</summary>
    public bool HoldsData => HasKeys || Position is not null;
}
