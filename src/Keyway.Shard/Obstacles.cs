namespace Keyway.Shard;

/// <summary>Why a client's requests are not executed just now.</summary>
[Flags]
internal enum Obstacles : byte
{
    None = 0,

    /// <summary>Too much waits for the peer to read it.</summary>
    OutputFull = 1,

    /// <summary>The last request waits for keys.</summary>
    Blocked = 2,

    /// <summary>The next request is put off: the server is paused.</summary>
    Postponed = 4,

    /// <summary>A wait has ended; what came meanwhile is executed at the end of the turn.</summary>
    Resuming = 8,

    /// <summary>The last replies are on their way.</summary>
    Closing = 16,

    /// <summary>Closed at the end of the turn, whatever is on its way.</summary>
    ClosingSoon = 32,

    /// <summary>The last request waits for something that is no key: the end of the server.</summary>
    Parked = 64,

    /// <summary>The last request is answered when a file is on the disk, which is soon.</summary>
    Saving = 128,
}
