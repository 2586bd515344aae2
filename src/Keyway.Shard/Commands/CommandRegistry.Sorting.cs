using Keyway.Shard.Commands.Sorting;

namespace Keyway.Shard.Commands;

internal sealed unsafe partial class CommandRegistry
{
    partial void AddSorting()
    {
        Add("sort", &SortCommands.Sort);
        Add("sort_ro", &SortCommands.SortReadOnly);
    }
}
