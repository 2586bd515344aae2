using System.Collections.Immutable;
using Keyway.Protocol.Commands.Table;

namespace Keyway.Protocol.Commands;

/// <summary>All commands of Redis 7.0.15. To add one, add a row to its group in Commands/Table.</summary>
public static class CommandTable
{
    private static readonly RowGroup[] Groups =
    [
        StringRows.Group, HashRows.Group, ListRows.Group, SetRows.Group, SortedSetRows.Group, StreamRows.Group, GeoRows.Group,
        HyperLogLogRows.Group, BitmapRows.Group, KeyRows.Group, PubSubRows.Group, TransactionRows.Group, ScriptingRows.Group,
        ConnectionRows.Group, ServerRows.Group, ClusterRows.Group,
    ];

    private static readonly NameIndex Index;

    static CommandTable()
    {
        int nextId = 0;
        var topLevel = new List<Command>();
        var all = new List<Command>();
        foreach (RowGroup group in Groups)
        {
            foreach (Row row in group.Rows)
            {
                var command = new Command(row, group, parent: null, ref nextId);
                topLevel.Add(command);
                all.Add(command);
                all.AddRange(command.Subcommands);
            }
        }

        TopLevel = [.. topLevel];
        All = [.. all];
        Index = new NameIndex(topLevel);
    }

    /// <summary>Every command and subcommand; <see cref="Command.Id"/> is the place here.</summary>
    public static ImmutableArray<Command> All { get; }

    public static ImmutableArray<Command> TopLevel { get; }

    /// <summary>The id that all learned commands share: one behind the table's last, so arrays by id have <c>LearnedId + 1</c> places.</summary>
    public static int LearnedId => All.Length;

    /// <summary>The command of this name, in whatever case.</summary>
    public static Command? Find(ReadOnlySpan<byte> name) => Index.Find(name);

    public static Command? FindSubcommand(Command container, ReadOnlySpan<byte> name) => container.FindSubcommand(name);

    /// <summary>
    /// The row that a request runs by: the subcommand's if its command holds subcommands and it names one. Null if there is no such command or no
    /// such subcommand; <see cref="CommandErrors.WriteUnknown"/> knows which.
    /// </summary>
    public static Command? Resolve(in Arguments arguments)
    {
        Command? command = Index.Find(arguments[0]);
        if (command is null || !command.IsContainer || arguments.Count == 1) return command;
        return command.FindSubcommand(arguments[1]);
    }

    /// <summary>The command of a name as Redis writes it, "config|get".</summary>
    public static Command? FindFullName(ReadOnlySpan<byte> name)
    {
        int bar = name.IndexOf((byte)'|');
        return bar < 0 ? Index.Find(name) : Index.Find(name[..bar])?.FindSubcommand(name[(bar + 1)..]);
    }
}
