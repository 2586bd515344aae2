namespace Keyway.Shard.Keyspace.Lists;

/// <summary>A list as the listpacks that it consists of, in order: for who passes them on as they are. Good until the list changes.</summary>
internal unsafe ref struct ListPieces
{
    private readonly ReadOnlySpan<byte> _flat;
    private ListNode* _node;
    private bool _hasBegun;

    public ListPieces(Database database, Entry entry)
    {
        if (entry.IsLarge)
        {
            var list = (Quicklist)database.LargeValueOf(entry);
            _node = list.Head;
            Count = list.Nodes;
        }
        else
        {
            _flat = entry.Bytes;
            Count = 1;
        }
    }

    public long Count { get; }

    /// <summary>The listpack that <see cref="MoveNext"/> has come to.</summary>
    public readonly ReadOnlySpan<byte> Listpack => _node != null ? _node->Elements : _flat;

    /// <summary>The listpack holds one element so long that it is one piece by itself: a "plain" node in Redis's words.</summary>
    public readonly bool IsAlone => _node != null && _node->IsAlone;

    public bool MoveNext()
    {
        if (!_hasBegun) return _hasBegun = true;
        if (_node == null || _node->Next == null) return false;
        _node = _node->Next;
        return true;
    }
}
