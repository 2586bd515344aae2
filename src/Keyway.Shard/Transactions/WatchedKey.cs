using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Transactions;

/// <summary>A key that clients watch, and their watches.</summary>
internal sealed class WatchedKey(Database database, byte[] name)
{
    public readonly Database Database = database;
    public readonly byte[] Name = name;

    public Watch? First { get; private set; }

    public void Add(Watch watch)
    {
        watch.Next = First;
        if (First != null) First.Previous = watch;
        First = watch;
    }

    public void Remove(Watch watch)
    {
        if (watch.Previous != null) watch.Previous.Next = watch.Next;
        else First = watch.Next;
        if (watch.Next != null) watch.Next.Previous = watch.Previous;
    }
}
