using Keyway.Shard.Keyspace.Lists;
using Keyway.Shard.Keyspace.SortedSets;
using Keyway.Shard.Keyspace.Streams;

namespace Keyway.Shard.Keyspace.Snapshots;

/// <summary>
/// Somebody who needs a large value as it is now, and who has not read all of it yet. While a value has a holder it tells him of each part of it that is
/// about to change, so that a change costs him that part and not the whole value.
/// </summary>
internal abstract unsafe class ValueHolder
{
    /// <summary>The value has left the keyspace. It is the holder's, who drops it when he is done.</summary>
    public bool IsValueDropped { get; private set; }

    /// <summary>Of a hash or a set.</summary>
    /// <param name="name">The field or member.</param>
    /// <param name="hash">Of the name.</param>
    /// <param name="block">The element's block, which is about to change or to go; null where the element is about to come.</param>
    public virtual void BeforeElement(ReadOnlySpan<byte> name, ulong hash, byte* block)
    {
    }

    /// <summary>Of a sorted set: the element, or null where the member is about to come.</summary>
    public virtual void BeforeElement(ReadOnlySpan<byte> member, ScoredMember element)
    {
    }

    /// <summary>Of a list.</summary>
    public virtual void BeforeNode(ListNode* node)
    {
    }

    /// <summary>Of a stream: the node under this ID.</summary>
    public virtual void BeforeNode(StreamId id, StreamNode node)
    {
    }

    public void TakeDropped() => IsValueDropped = true;
}
