namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>An element's place in a tree; void after the next change of it.</summary>
internal unsafe struct TreePosition(TreeNode* leaf, int index)
{
    private TreeNode* _leaf = leaf;
    private int _index = index;

    /// <summary>False behind the last element and before the first.</summary>
    public readonly bool IsElement => _leaf != null;

    public readonly double Score => _leaf->Scores[_index];

    public readonly ScoredMember Member => new(_leaf->Members[_index]);

    public void MoveNext()
    {
        if (++_index < _leaf->Count) return;
        _leaf = _leaf->Next;
        _index = 0;
    }

    public void MovePrevious()
    {
        if (--_index >= 0) return;
        _leaf = _leaf->Previous;
        if (_leaf != null) _index = _leaf->Count - 1;
    }
}
