using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Blocking;

/// <summary>Who waits for a key, in order of arrival. Whoever gives up leaves from the middle at no cost to the others.</summary>
internal sealed class WaitQueue(Database database, byte[] key)
{
    public readonly Database Database = database;
    public readonly byte[] Key = key;

    /// <summary>Stands in line to be served.</summary>
    public bool IsReady;

    /// <summary>Whose turn is next while the queue is served; whoever leaves meanwhile hands its turn on.</summary>
    public Waiter? Turn;

    /// <summary>How many of them read a stream as members of a group: they hear of its end too.</summary>
    public int GroupReaders { get; private set; }

    public Waiter? First { get; private set; }

    public Waiter? Last { get; private set; }

    public void Add(Waiter waiter)
    {
        waiter.Previous = Last;
        if (Last != null) Last.Next = waiter;
        else First = waiter;
        Last = waiter;
        if (waiter.Request.Kind == BlockedOn.StreamGroup) GroupReaders++;
    }

    public void Remove(Waiter waiter)
    {
        if (Turn == waiter) Turn = waiter.Next;
        if (waiter.Previous != null) waiter.Previous.Next = waiter.Next;
        else First = waiter.Next;
        if (waiter.Next != null) waiter.Next.Previous = waiter.Previous;
        else Last = waiter.Previous;
        waiter.Next = waiter.Previous = null;
        if (waiter.Request.Kind == BlockedOn.StreamGroup) GroupReaders--;
    }
}
