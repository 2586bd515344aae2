using Keyway.Shard.Keyspace.Snapshots;

namespace Keyway.Shard.Keyspace;

/// <summary>
/// A collection that has outgrown one flat buffer: one object, however many elements it has, which lie in native memory. Its entry holds a handle to it;
/// see <see cref="ValueStore"/>.
/// </summary>
internal abstract class LargeValue
{
    /// <summary>Who hears of parts that are about to change; null nearly always.</summary>
    public ValueHolder? Holder { get; set; }

    /// <summary>Elements, as the type counts them: items, fields, members, stream entries.</summary>
    public abstract long Count { get; }

    /// <summary>About the bytes that it takes, as MEMORY USAGE says it.</summary>
    public abstract long MemoryBytes { get; }

    /// <summary>What freeing costs, about in blocks: the effort that lazy freeing weighs.</summary>
    public virtual long FreeEffort => Count;

    /// <summary>Another value with the same elements.</summary>
    public abstract LargeValue Copy();

    /// <summary>
    /// Gives native memory back, about so many blocks of it; the budget goes down with the work. The value is not used any more.
    /// </summary>
    /// <returns>False when everything has been given back.</returns>
    public abstract bool FreeSome(ref int budget);

    /// <summary>Goes on with what it does in small steps, such as growing its table, when no command comes to do it. Few values need it.</summary>
    public virtual void Tick()
    {
    }
}
