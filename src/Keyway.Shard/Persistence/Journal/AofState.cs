namespace Keyway.Shard.Persistence.Journal;

/// <summary>Whether a journal is kept.</summary>
internal enum AofState
{
    Off,

    /// <summary>Turned on while the server runs: its first base is not whole yet, so that nothing could be loaded from it.</summary>
    Starting,

    On,
}
