using System.Collections.Immutable;
using Keyway.Protocol.Commands.Table;

namespace Keyway.Protocol.Commands;

/// <summary>The commands that a kind of server may have: all of them, or a sentinel's.</summary>
public sealed class CommandSet
{
    internal CommandSet(IEnumerable<(Row Row, RowGroup Group)> rows)
    {
        int nextId = 0;
        var topLevel = new List<Command>();
        var all = new List<Command>();
        foreach ((Row row, RowGroup group) in rows)
        {
            var command = new Command(row, group, parent: null, ref nextId);
            topLevel.Add(command);
            all.Add(command);
            all.AddRange(command.Subcommands);
        }

        TopLevel = [.. topLevel];
        All = [.. all];
        Index = new NameIndex(topLevel);
    }

    /// <summary>Every command and subcommand; <see cref="Command.Id"/> is the place here.</summary>
    public ImmutableArray<Command> All { get; }

    public ImmutableArray<Command> TopLevel { get; }

    internal NameIndex Index { get; }

    /// <summary>The command of this name, in whatever case.</summary>
    public Command? Find(ReadOnlySpan<byte> name) => Index.Find(name);

    /// <summary>
    /// The row that a request runs by: the subcommand's if its command holds subcommands and it names one. Null if there is no such command or no
    /// such subcommand; <see cref="CommandErrors.WriteUnknown(ReplyBuffer, in Arguments, Command?)"/> knows which.
    /// </summary>
    public Command? Resolve(in Arguments arguments) => Resolve(Index, arguments);

    /// <summary>The command of a name as Redis writes it, "config|get".</summary>
    public Command? FindFullName(ReadOnlySpan<byte> name)
    {
        int bar = name.IndexOf((byte)'|');
        return bar < 0 ? Index.Find(name) : Index.Find(name[..bar])?.FindSubcommand(name[(bar + 1)..]);
    }

    internal static Command? Resolve(NameIndex index, in Arguments arguments)
    {
        Command? command = index.Find(arguments[0]);
        if (command is null || !command.IsContainer || arguments.Count == 1) return command;
        return command.FindSubcommand(arguments[1]);
    }
}
