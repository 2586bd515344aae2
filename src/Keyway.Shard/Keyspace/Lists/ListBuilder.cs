using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.Lists;

/// <summary>Makes a list from its elements: add them in order, then <see cref="Store"/> it under a key, or <see cref="Discard"/> it.</summary>
internal sealed unsafe class ListBuilder(ValueStore values)
{
    private Quicklist _list = new(values.Memory);

    public long Count => _list.Count;

    public void Add(ReadOnlySpan<byte> value) => Add(ListpackElement.Of(value));

    /// <param name="element">One as <see cref="ListpackElement.Of"/> makes it.</param>
    public void Add(ListpackElement element) => _list.Push(ListEnd.Tail, element, values.ListLimits);

    /// <summary>Sets the list, of which there must be some elements, over whatever was there.</summary>
    public Place Store(Database database, Place place, long expiresAtMs = Database.NoExpiry)
    {
        Quicklist list = Take();
        ListNode* first = list.Head;
        if (list.Nodes > 1 || first->IsAlone || !values.ListLimits.AllowsCompact(first->Bytes, first->Count))
            return database.SetLarge(place, ValueKind.List, list, expiresAtMs);

        ReadOnlySpan<byte> elements = first->Elements;
        Place result = database.SetCompact(place, ValueKind.List, ValueEncoding.Listpack, elements.Length, expiresAtMs);
        elements.CopyTo(result.Entry.WritableBytes);
        values.Drop(list);
        return result;
    }

    /// <summary>Gives back what was added.</summary>
    public void Discard() => values.Drop(Take());

    private Quicklist Take()
    {
        Quicklist list = _list;
        _list = new Quicklist(values.Memory);
        return list;
    }
}
