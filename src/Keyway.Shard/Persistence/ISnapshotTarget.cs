namespace Keyway.Shard.Persistence;

/// <summary>Where a snapshot goes: a file, a journal's base, replicas. All calls come on the loop's thread.</summary>
internal interface ISnapshotTarget
{
    /// <summary>
    /// So much waits to go on that the snapshot had better pause; whoever says so calls <see cref="Snapshots.Resume"/> when there is room again. What is about
    /// to change comes all the same, and must be taken.
    /// </summary>
    bool IsFull { get; }

    /// <summary>The next bytes of one whole file, from its first to its checksum. They are lent for the call.</summary>
    void Write(ReadOnlySpan<byte> rdbBytes);

    /// <summary>That was all. Another snapshot may be started from here on.</summary>
    void Completed();

    /// <summary>No more will come. Another snapshot can be started when <see cref="Snapshots.IsRunning"/> says so, which may be a little later.</summary>
    void Failed(string reason);
}
