namespace Keyway.Configuration;

/// <summary>What a reload does that gives keys another owner.</summary>
public enum MovePolicy : byte
{
    /// <summary>It is refused with the list, unless the losing shards are empty.</summary>
    Refuse,

    /// <summary>It happens; the keys stay behind, unreachable. For a cache.</summary>
    Abandon,
}
