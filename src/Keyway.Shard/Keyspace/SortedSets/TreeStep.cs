namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>On the way from a tree's root to a leaf: a branch, and which of its children was taken.</summary>
internal readonly unsafe struct TreeStep(TreeNode* branch, int index)
{
    public readonly TreeNode* Branch = branch;
    public readonly int Index = index;
}
