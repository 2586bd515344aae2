namespace Keyway.Shard.Keyspace.Streams;

/// <summary>What a node was found to hold.</summary>
internal struct NodeSummary
{
    /// <summary>Entries that are not deleted.</summary>
    public long Count;

    /// <summary>Whether each ID is greater than those before it.</summary>
    public bool IsOrdered;

    /// <summary>The greatest ID of those that are not deleted, and of all.</summary>
    public StreamId TopId, TopOfAll;

    private bool _hasBegun;

    public void Add(StreamId id, bool isDeleted)
    {
        if (_hasBegun && id <= TopOfAll) IsOrdered = false;
        _hasBegun = true;
        if (id > TopOfAll) TopOfAll = id;
        if (isDeleted) return;
        Count++;
        if (id > TopId) TopId = id;
    }
}
