namespace Keyway.Shard.Commands.Sorting;

/// <summary>
/// An order of items with two ways to compare: by content, where items may be equal, and as <see cref="IComparer{T}"/> with their positions deciding then, so
/// that any way of sorting leaves equals as they were.
/// </summary>
internal interface IContentOrder<TItem> : IComparer<TItem>
{
    /// <returns>Zero for what compares alike.</returns>
    int CompareContent(in TItem x, in TItem y);
}
