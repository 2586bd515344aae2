namespace Keyway.Shard.Keyspace.Lists;

/// <summary>Where an element of a <see cref="Quicklist"/> is, until the list changes.</summary>
internal readonly unsafe struct ListPosition(ListNode* node, int offset)
{
    public ListNode* Node => node;

    /// <summary>Of the element in the node's listpack.</summary>
    public int Offset => offset;
}
