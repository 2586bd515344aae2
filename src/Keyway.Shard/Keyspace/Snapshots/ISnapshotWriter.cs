namespace Keyway.Shard.Keyspace.Snapshots;

/// <summary>Takes the entries of a snapshot, in whatever order they come, each once.</summary>
internal interface ISnapshotWriter
{
    /// <summary>So much waits to go on that the walk had better pause. What is about to change comes all the same.</summary>
    bool IsFull { get; }

    /// <summary>How much has been written: what a slice of the walk is measured by.</summary>
    long WrittenBytes { get; }

    /// <summary>The walk has come to this database; the counts are those of the snapshot's instant.</summary>
    void BeginDatabase(int database, long keys, long keysWithExpiry);

    /// <summary>
    /// A value that is too large for one slice has been begun, or waits to be: the walk lets the writer go on with it before it takes another entry. Such a
    /// value the writer keeps as it was by itself, whatever happens to it or to its key.
    /// </summary>
    bool HasUnfinished => false;

    /// <summary>Goes on with what is unfinished until about so many bytes have been written.</summary>
    void Continue(int bytes)
    {
    }

    /// <summary>The snapshot is given up: what is unfinished is let go.</summary>
    void Abandon()
    {
    }

    /// <param name="database">The number that it had at the snapshot's instant.</param>
    /// <param name="entry">With the value of that instant.</param>
    void Write(int database, Entry entry);

    /// <summary>That was all.</summary>
    void Complete();
}
