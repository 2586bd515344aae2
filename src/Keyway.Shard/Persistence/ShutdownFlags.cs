namespace Keyway.Shard.Persistence;

/// <summary>How a server is asked to end.</summary>
[Flags]
internal enum ShutdownFlags
{
    None = 0,

    /// <summary>Also where no save points are set.</summary>
    Save = 1,

    /// <summary>Not even where save points are set.</summary>
    NoSave = 2,

    /// <summary>Replicas that lag behind are not waited for.</summary>
    Now = 4,

    /// <summary>Even where the data cannot be saved.</summary>
    Force = 8,
}
