using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Protocol.Configuration;

namespace Keyway.Shard.Configuration;

/// <summary>rename-command: a command under another name, or under none, so that who does not know the name cannot call it.</summary>
internal sealed class CommandRenames
{
    private readonly Dictionary<string, Command?> _byName = new(StringComparer.OrdinalIgnoreCase);

    public CommandRenames(IEnumerable<(string From, string To)> renames)
    {
        foreach ((string from, string to) in renames)
        {
            Command? command = Find(ByteText.ToBytes(from));
            _byName[from] = null;
            if (to.Length > 0 && command != null) _byName[to] = command;
        }
    }

    /// <summary>What goes by this name.</summary>
    public Command? Find(ReadOnlySpan<byte> name) => _byName.TryGetValue(ByteText.Of(name), out Command? renamed) ? renamed : CommandTable.Find(name);

    /// <summary>As <see cref="CommandTable.Resolve"/>, under the names that hold here.</summary>
    public Command? Resolve(in Arguments arguments)
    {
        Command? command = Find(arguments[0]);
        return command is { IsContainer: true } && arguments.Count > 1 ? CommandTable.FindSubcommand(command, arguments[1]) : command;
    }

    public static (string From, string To) Check(ConfLine line)
    {
        (string from, string to) = (line.Arguments[0], line.Arguments[1]);
        if (CommandTable.Find(ByteText.ToBytes(from)) == null) throw ConfFileException.At(line.Number, line.Text, "No such command in rename-command");
        if (CommandTable.Find(ByteText.ToBytes(to)) != null) throw ConfFileException.At(line.Number, line.Text, "Target command name already exists");
        return (from, to);
    }
}
