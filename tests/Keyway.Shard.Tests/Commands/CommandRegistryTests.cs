using Keyway.Protocol.Commands;
using Keyway.Shard.Commands;

namespace Keyway.Shard.Tests.Commands;

public sealed class CommandRegistryTests
{
    // Commands whose groups are complete here: a row that is added to the table without a handler fails.
    private static readonly HashSet<string> CompleteGroups = ["string", "list", "stream", "transactions", "hash", "set", "pubsub", "sorted-set", "geo"];

    [Fact]
    public void Every_row_of_a_complete_group_has_a_handler()
    {
        IEnumerable<string> missing = CommandTable.All.Where(row => CompleteGroups.Contains(row.Group) && !CommandRegistry.All.Serves(row)).Select(row => row.Name);

        Assert.Empty(missing);
    }

    [Fact]
    public void What_is_not_served_is_known_by_name_so_that_nothing_is_forgotten_silently()
    {
        string[] missing = CommandTable.All
            .Where(row => row.Group is "generic" or "connection" or "server" && !CommandRegistry.All.Serves(row) && !row.IsContainer)
            .Select(row => row.Name)
            .Order(StringComparer.Ordinal)
            .ToArray();

        Assert.Equal(
            [
                "acl|cat", "acl|deluser", "acl|dryrun", "acl|genpass", "acl|getuser", "acl|help", "acl|list", "acl|load", "acl|log", "acl|save",
                "acl|setuser", "acl|users", "acl|whoami", "client|caching", "client|tracking",
                "migrate",
            ],
            missing);
    }

    internal static bool IsComplete(Command row) => CompleteGroups.Contains(row.Group);
}
